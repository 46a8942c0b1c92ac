"""Logging in to WordPress as a browser does.

GET the form first (WordPress sets a test cookie and other plugins add hidden fields), POST it once, and judge by the
cookie `wordpress_logged_in_*`, never by words. A refused password is never sent again: sites lock accounts. Where the
answer leaves open whether the password was even looked at (a challenge, a second factor), the code says so.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from api.domain.errors import AuthFailed, SourceError, SourceNotFound
from api.domain.refusals.agent import AnswerCached
from api.domain.refusals.login import (
    CaptchaNeeded,
    LoginBlocked,
    LoginNeedsJavaScript,
    LoginNotFound,
    SecondFactorNeeded,
)
from api.domain.source_login import SourceLogin
from api.source.again import AnswerLost
from api.source.client import SourceClient
from api.source.discover import Site
from api.source.front import check_challenge, check_front, is_cached
from api.source.html import Form, query_of
from api.source.page import Page
from api.source.secrecy import Secrecy
from api.source.urls import join

COOKIE = "wordpress_logged_in_"
CAPTCHAS = (
    ".g-recaptcha, .h-captcha, .cf-turnstile, .frc-captcha, altcha-widget, [name*=captcha], [id*=captcha],"
    " script[src*='/recaptcha/'], script[src*='hcaptcha.com'], script[src*='challenges.cloudflare.com/turnstile']"
)
_SECOND_FACTORS = ("authcode", "two-factor", "two_factor", "twofactor", "2fa", "otp", "mfa", "totp", "wfls")
_SECOND_FACTOR_PAGES = ("validate_2fa", "itsec-2fa", "2fa")  # values of `action` in the login page's URL
_TYPED = ("text", "number", "tel", "password")
_UNSEEN = (500, 502, 504)  # 503 is what those say who block
_NOT_TOLD = (
    "The site did not answer the login properly, so nobody knows whether it has looked at the password: it was not sent"
    " again. Try again later."
)
_BLOCKED = (403, 423, 429, 503)
_REDIRECTS = range(300, 400)


def login_form(client: SourceClient, site: Site, login_url: str = "") -> Form:
    """Return the login form: at `login_url` if given, at its usual place, or where the admin pages send visitors.

    Raises CaptchaNeeded, LoginNeedsJavaScript, LoginNotFound, or what `check_front` does.
    """
    pages = []
    for url in [login_url] if login_url else [f"{site.siteurl}/wp-login.php", site.admin]:
        page = check_front(client.get(url))
        form = page.document.form_with("log", "pwd")
        if form is not None:
            return _checked(page, form)
        pages.append(page)
    if any(_is_made_by_script(page) for page in pages if login_url or urlsplit(page.url).path.endswith(".php")):
        raise LoginNeedsJavaScript
    raise LoginNotFound("There is no login form under options.login_url." if login_url else "")


def submit_login(client: SourceClient, form: Form, source: SourceLogin, secrecy: Secrecy) -> str:
    """Send user name and password; return where the site leads its user then, "" if it does not say.

    Raises AuthFailed, InsecureSource, or a refusal where a person is needed.
    """
    if source.username is None or source.password is None:
        raise ValueError("there is no login")
    secrecy.check(client.destination(form.action))
    values = form.values | {"log": source.username, "wp-submit": "Log In", "testcookie": "1"}
    values["pwd"] = source.password.get_secret_value()
    answer = _sent_once(client, form, values)
    if client.has_cookie(COOKIE):
        return answer.headers.get("location", "") if answer else ""
    if answer is None or answer.status in _UNSEEN:
        raise SourceNotFound(_NOT_TOLD)
    if is_cached(answer):
        raise AnswerCached("A cache answered the login, so WordPress has not seen it. Exclude POST requests from it.")
    raise why_not_logged_in(_followed(client, answer))


def _sent_once(client: SourceClient, form: Form, values: Mapping[str, str]) -> Page | None:
    """Return the answer to a login, None if it was lost; its cookies may have come all the same."""
    try:
        return client.send("POST", form.action, data=values)
    except AnswerLost:
        return None


def _checked(page: Page, form: Form) -> Form:
    if page.document.has(CAPTCHAS):
        raise CaptchaNeeded
    return form


def _is_made_by_script(page: Page) -> bool:
    """Whether a login page has scripts where its form should be; a theme's page in its place is another matter."""
    if page.status != 200 or "/wp-content/themes/" in page.text:
        return False
    return page.document.has("script") and not page.document.has("input[type=password]")


def _followed(client: SourceClient, answer: Page) -> Page:
    """Return the page that a refused login leads to; the password does not travel there."""
    target = answer.headers.get("location", "") if answer.status in _REDIRECTS else ""
    return client.get(join(answer.url, target)) if target else answer


def why_not_logged_in(answer: Page) -> SourceError:
    """Return the error that tells why a login was answered so; raises what `check_challenge` does."""
    check_challenge(answer)
    if answer.status in _BLOCKED:
        return LoginBlocked(
            f"The site blocks the login (HTTP {answer.status}); perhaps too many attempts were made."
            " Wait, or have our address let through."
        )
    if _is_second_factor_page(answer.url) or any(map(_asks_second_factor, answer.document.forms)):
        return SecondFactorNeeded()
    if answer.document.has(CAPTCHAS):
        return CaptchaNeeded("After the login the site shows a CAPTCHA, so a person has to log in.")
    return AuthFailed("The source site refused this user name and password. They are not tried again.")


def _asks_second_factor(form: Form) -> bool:
    typed = [name.lower() for name, kind in form.inputs.items() if kind in _TYPED and name not in ("log", "pwd")]
    return _is_second_factor_page(form.action) or any(factor in name for name in typed for factor in _SECOND_FACTORS)


def _is_second_factor_page(url: str) -> bool:
    return query_of(url).get("action") in _SECOND_FACTOR_PAGES
