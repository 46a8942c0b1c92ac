"""Logging in to WordPress as a browser does.

GET the form first (WordPress sets a test cookie and other plugins add hidden fields), POST it once, and judge by the
cookie `wordpress_logged_in_*`, never by words. A refused password is never sent again: sites lock accounts. The screen
that asks to confirm the administrator's e-mail address comes after the cookie and is no obstacle.
"""

from api.domain.errors import AuthFailed, SourceRefused
from api.domain.models import SourceLogin
from api.source.client import SourceClient
from api.source.discover import Site
from api.source.html import Form
from api.source.page import Page

COOKIE = "wordpress_logged_in_"
_CAPTCHAS = ".g-recaptcha, .h-captcha, .cf-turnstile, [name=g-recaptcha-response], [name=h-captcha-response]"
_SECOND_FACTORS = ("authcode", "two-factor", "two_factor", "twofactor", "2fa", "otp", "mfa", "totp", "wfls")
_TYPED = ("text", "number", "tel", "password")
_BLOCKED = (403, 423, 429, 503)


def login_form(client: SourceClient, site: Site) -> Form:
    """Return the login form, from its usual place or from where the admin pages send visitors; or SourceRefused."""
    for url in (f"{site.siteurl}/wp-login.php", site.admin):
        page = client.get(url)
        form = page.document.form_with("log", "pwd")
        if form is not None:
            if page.document.has(_CAPTCHAS):
                raise SourceRefused("The login form has a CAPTCHA: a person has to log in.", reason="CAPTCHA")
            return form
    raise SourceRefused(
        "The site's login form was not found; it may have been moved to another address.", reason="LOGIN_NOT_FOUND"
    )


def submit_login(client: SourceClient, form: Form, source: SourceLogin) -> None:
    """Send user name and password; raises AuthFailed, or SourceRefused where a person is needed."""
    values = form.values | {"log": source.username, "wp-submit": "Log In", "testcookie": "1"}
    values["pwd"] = source.password.get_secret_value()
    answer = client.send("POST", form.action, data=values)
    if not client.has_cookie(COOKIE):
        raise _why(answer)


def _why(answer: Page) -> AuthFailed | SourceRefused:
    if answer.status in _BLOCKED:
        return SourceRefused(
            f"The site blocks the login (HTTP {answer.status}); perhaps too many attempts were made.",
            reason="LOGIN_BLOCKED",
        )
    if any(_asks_second_factor(form) for form in answer.document.forms):
        return SourceRefused("The login wants a second factor: a person has to log in.", reason="TWO_FACTOR")
    return AuthFailed("The source site refused this user name and password.")


def _asks_second_factor(form: Form) -> bool:
    typed = [name.lower() for name, kind in form.inputs.items() if kind in _TYPED and name not in ("log", "pwd")]
    return any(factor in name for name in typed for factor in _SECOND_FACTORS)
