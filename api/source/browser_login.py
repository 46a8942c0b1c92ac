"""Logging in as a person does in a browser: open the page, wait for the form, fill it in, send it, once.

The form is whatever has a password field that can be seen, because a script may have made it. What the site answers is
judged as over HTTP: by WordPress's cookie, and by names, never by words.
"""

import time
from urllib.parse import urljoin

from playwright.sync_api import Locator

from api.domain.errors import SourceError
from api.domain.refusals.front import BotChallenge
from api.domain.refusals.login import CaptchaNeeded
from api.domain.source_login import SourceLogin
from api.source.client import SourceClient
from api.source.front import is_challenge, is_challenging
from api.source.login import CAPTCHAS, COOKIE, why_not_logged_in
from api.source.page import Page
from api.source.secrecy import Secrecy
from api.source.visit import Visit

ANSWER_SECONDS = 30.0
QUIET_SECONDS = 3.0  # after the last answer to the login, before it is taken for the site's last word
_FORM = "form:has(input[type=password]:visible)"
_USER = "input[name=log]:visible, input[type=email]:visible, input[type=text]:visible, input:not([type]):visible"
_PASSWORD = "input[type=password]:visible"  # noqa: S105 # a selector
_BUTTON = "[type=submit], button:not([type])"


def await_form(visit: Visit, url: str, refusal: SourceError, seconds: float) -> Locator:
    """Return the login form at `url`, behind the challenge that may be there; raises `refusal` if none appears."""
    visit.open(url)
    form = visit.tab.locator(_FORM).first
    if not visit.wait(lambda page: form.is_visible() and not is_challenge(page), seconds):
        visit.picture(())
        raise refusal
    return form


def log_in(visit: Visit, client: SourceClient, form: Locator, source: SourceLogin, secrecy: Secrecy) -> str:
    """Fill in the form, send it, and return where the site leads its user then; raises what `submit_login` does."""
    if source.username is None or source.password is None:
        raise ValueError("there is no login")
    secrets = (source.username, source.password.get_secret_value())
    _check(visit, client, form, secrecy)
    form.locator(_USER).first.fill(secrets[0])
    form.locator(_PASSWORD).first.fill(secrets[1])
    visit.picture(secrets)
    sent_at = time.monotonic()
    _send(form)
    if _is_logged_in(visit, sent_at):
        visit.tab.wait_for_load_state("domcontentloaded")
        return visit.tab.url
    visit.picture(secrets)
    raise _why(visit, sent_at)


def _check(visit: Visit, client: SourceClient, form: Locator, secrecy: Secrecy) -> None:
    """Raise OtherAddress, InsecureSource or CaptchaNeeded where the password must not be typed."""
    here = visit.tab.url
    for target in (here, urljoin(here, form.get_attribute("action") or here)):
        client.check_target(target)
        secrecy.check(target)
    page = visit.look()
    if page is None or page.document.has(CAPTCHAS):
        visit.picture(())
        raise CaptchaNeeded


def _send(form: Locator) -> None:
    """Send the form as a person does, by its button; one that has none is sent by its own function."""
    if form.locator(_BUTTON).count():
        form.locator(_PASSWORD).first.press("Enter", no_wait_after=True)
    else:
        form.evaluate("form => form.requestSubmit()")


def _is_logged_in(visit: Visit, sent_at: float) -> bool:
    """Wait for WordPress's cookie; give up when the site has answered and nothing more happens."""

    def settled(page: Page) -> bool:
        last = visit.answers[-1].at
        answered = last > sent_at and time.monotonic() - last > QUIET_SECONDS
        return visit.has_cookie(COOKIE) or (answered and not is_challenge(page))

    visit.wait(settled, ANSWER_SECONDS)
    return visit.has_cookie(COOKIE)


def _why(visit: Visit, sent_at: float) -> SourceError:
    if any(is_challenging(answer.headers) for answer in visit.answers if answer.at > sent_at):
        return BotChallenge("A challenge came in answer to the login, so WordPress may not have seen it.")
    page = visit.look()
    return BotChallenge() if page is None else why_not_logged_in(page)
