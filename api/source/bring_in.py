"""The parts of a preparation that a lost session makes begin anew: log in, register the key, see that it works."""

import time
from collections.abc import Callable

from api.domain.errors import SourceRefused, Timeout
from api.domain.models import SourceLogin
from api.source.install import UploadFailed
from api.source.login import login_form, submit_login
from api.source.package import version_key
from api.source.permission import check_permission
from api.source.register import Registration, fetch_nonce, register_key
from api.source.session import SessionLost
from api.source.work import Work

PROTOCOL = 1
SESSIONS = 4  # how often a session is opened before its loss is told
ATTEMPTS = 3  # another facade's clone may remove the agent, or be unpacking it, between any two of our requests
PAUSE_SECONDS = 1.0  # before an attempt that follows a failed one
BUSY_ATTEMPTS = 4  # the agent itself waits 5 seconds for its lock, each time

Sleep = Callable[[float], None]


def bring_in(work: Work, source: SourceLogin, sleep: Sleep = time.sleep) -> None:
    """Log in and register the key with a working agent, in as many sessions as it takes."""
    for left in reversed(range(SESSIONS)):
        try:
            _open_session(work, source)
            _register(work, sleep)
            _confirm(work)
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
    form = login_form(work.client, work.site)
    with work.turns.at(work.site.home, work.client.remaining()):
        submit_login(work.client, form, source)
    work.on_step("permission")
    work.access = check_permission(work.client, work.site)
    work.nonce = fetch_nonce(work.client, work.site)


def _register(work: Work, sleep: Sleep) -> None:
    """Register the key; install and activate the agent as long as nobody answers."""
    found = _try_key(work, sleep)
    if found is Registration.DONE:
        return
    with work.turns.at(work.site.home, work.client.remaining()) as waited:
        found = _try_key(work, sleep) if waited else found
        for attempt in range(ATTEMPTS):
            if found is Registration.DONE:
                return
            if attempt:
                sleep(PAUSE_SECONDS)
            _install(work, found)
            found = _try_key(work, sleep)
    if found is not Registration.DONE:
        raise SourceRefused(
            "The migration plugin was installed at the source, but its REST route does not answer.",
            reason="REST_CLOSED",
        )


def _install(work: Work, found: Registration) -> None:
    work.on_step("plugin")
    try:
        if found is Registration.NO_TABLES:
            work.pages().reactivate()
        else:
            work.uploaded |= work.pages().ensure_active()
    except SourceRefused as error:
        work.upload_failures += 1
        if not isinstance(error, UploadFailed) or work.upload_failures > 1:
            raise


def _try_key(work: Work, sleep: Sleep) -> Registration:
    """Register the key; wait while the agent is busy, because installing it anew would cost other clones their keys."""
    work.on_step("key")
    for attempt in range(BUSY_ATTEMPTS):
        if attempt:
            sleep(PAUSE_SECONDS)
        found = register_key(work.client, work.site, work.nonce, work.key)
        if found is not Registration.BUSY:
            work.registered = work.registered or found is Registration.DONE
            return found
    raise Timeout("The source's migration plugin was busy with other clones for too long.")


def _confirm(work: Work) -> None:
    """See that the key works over signed calls, with an agent that is not older than ours."""
    work.on_step("confirm")
    hello = work.agent.hello()
    if version_key(str(hello.get("agent_version", ""))) < version_key(work.package.version):
        work.pages().replace()
        hello = work.agent.hello()
    if hello.get("protocol") != PROTOCOL:
        raise SourceRefused("The source has a migration plugin of another version.", reason="AGENT_PROTOCOL")
