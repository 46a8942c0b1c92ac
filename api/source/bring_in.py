"""The parts of a preparation that a lost session makes begin anew: log in, register the key, see that it works."""

import time
from collections.abc import Callable

from api.domain.errors import SourceRefused, Timeout
from api.domain.refusals.agent import AgentSilent, AnswerCached, RestClosed
from api.domain.refusals.front import BotChallenge
from api.domain.refusals.login import LoginNeedsJavaScript
from api.domain.refusals.plugin import DirectoryNotWritable
from api.domain.source_login import SourceLogin
from api.source.again import AnswerLost
from api.source.hello import Hello, check_hello
from api.source.install import Brought
from api.source.login import login_form, submit_login
from api.source.package import version_key
from api.source.permission import AdminAccess, check_permission
from api.source.register import register_key
from api.source.registration import Attempt, Registration
from api.source.rest_nonce import fetch_nonce
from api.source.session import SessionLost
from api.source.settings_page import register_on_page
from api.source.upload_failure import UploadFailed
from api.source.work import Work

SESSIONS = 4  # how often a session is opened before its loss is told
ATTEMPTS = 3  # another facade's clone may remove the agent, or be unpacking it, between any two of our requests
PAUSE_SECONDS = 1.0  # before an attempt that follows a failed one
BUSY_ATTEMPTS = 4  # the agent itself waits 5 seconds for its lock, each time
_MAY_PASS = (
    UploadFailed,
    DirectoryNotWritable,
    AnswerLost,
)  # before WordPress 5.5 a folder that is there cannot be written to

Sleep = Callable[[float], None]


def bring_in(work: Work, source: SourceLogin, sleep: Sleep = time.sleep) -> None:
    """Log in and register the key with a working agent, in as many sessions as it takes."""
    for left in reversed(range(SESSIONS)):
        try:
            _open_session(work, source)
            work.past_challenge(lambda: _register(work, sleep))
            work.past_challenge(lambda: _confirm(work))
        except SessionLost:
            if not left:
                raise
            work.client.forget_cookies()
            work.access = None
            sleep(PAUSE_SECONDS)
        else:
            return


def _open_session(work: Work, source: SourceLogin) -> None:
    work.on_step("login")
    work.secrecy.check(work.site.home)  # the key goes there, and with it all that it can read
    landing = _log_in(work, source)
    work.on_step("permission")
    work.access, work.nonce = work.past_challenge(lambda: _look_around(work, landing))


def _log_in(work: Work, source: SourceLogin) -> str:
    """Send the password, once: over HTTP, or, if no form was found there that could take it, in a browser."""
    try:
        form = login_form(work.client, work.site, work.login_url)
    except (BotChallenge, LoginNeedsJavaScript) as refusal:
        if work.browser is None:
            raise
        work.on_step("browser")
        url = work.login_url or f"{work.site.siteurl}/wp-login.php"
        with work.turns.at(work.site.home, work.client.remaining()):
            return work.browser.log_in(work.client, url, source, work.secrecy, refusal)
    work.login_action = form.action
    with work.turns.at(work.site.home, work.client.remaining()):
        return submit_login(work.client, form, source, work.secrecy)


def _look_around(work: Work, landing: str) -> tuple[AdminAccess, str]:
    access = check_permission(work.client, work.site, landing)
    return access, fetch_nonce(work.client, access)


def _register(work: Work, sleep: Sleep) -> None:
    """Register the key; install and activate the agent as long as nobody answers."""
    found = _try_key(work, sleep)
    if found.outcome is Registration.DONE:
        return
    with work.turns.at(work.site.home, work.client.remaining()) as waited:
        found = _try_key(work, sleep) if waited else found
        found = _install_until_taken(work, found, sleep)
    if found.outcome is not Registration.DONE:
        raise found.closed or RestClosed(
            "The migration plugin was installed at the source, but its REST route does not answer."
            " Open the REST API for the time of the clone."
        )


def _install_until_taken(work: Work, found: Attempt, sleep: Sleep) -> Attempt:
    for attempt in range(ATTEMPTS):
        if found.outcome is Registration.DONE:
            return found
        if attempt:
            sleep(PAUSE_SECONDS)
        _install(work, found.outcome)
        found = _try_key(work, sleep)
    if found.outcome is Registration.NO_AGENT:  # a site may hide the route of an agent that is there
        found = Attempt(register_on_page(work.client, work.open_access(), work.key), found.closed)
        work.registered = work.registered or found.outcome is Registration.DONE
    return found


def _install(work: Work, found: Registration) -> None:
    work.on_step("plugin")
    try:
        if found is Registration.NO_TABLES:
            work.pages().reactivate()
        else:
            brought = work.pages().ensure_active()
            work.brought = brought if work.brought is Brought.NOTHING else work.brought
    except (SourceRefused, AnswerLost) as error:
        work.upload_failures += 1
        if not isinstance(error, _MAY_PASS) or work.upload_failures > 1:
            raise


def _try_key(work: Work, sleep: Sleep) -> Attempt:
    """Register the key; wait while the agent is busy, because installing it anew would cost other clones their keys."""
    work.on_step("key")
    for attempt in range(BUSY_ATTEMPTS):
        if attempt:
            sleep(PAUSE_SECONDS)
        found = register_key(work.client, work.open_access(), work.nonce, work.key)
        if found.outcome is not Registration.BUSY:
            work.registered = work.registered or found.outcome is Registration.DONE
            return found
    raise Timeout("The source's migration plugin was busy with other clones for too long.")


def _confirm(work: Work) -> None:
    """See that the key works over signed calls, with an agent that is not older than ours."""
    work.on_step("confirm")
    hello = _greet(work)
    if version_key(str(hello.get("agent_version", ""))) < version_key(work.package.version):
        work.pages().replace()
        hello = _greet(work)
    check_hello(hello)
    work.hello = hello


def _greet(work: Work) -> Hello:
    """Say hello to an agent that has just taken a key: an ordinary page in its place was not made for us."""
    try:
        return work.agent.hello()
    except AgentSilent as error:
        if work.agent.met_pages:
            raise AnswerCached from error
        raise
