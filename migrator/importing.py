"""`migrator import`: decide from what earlier runs left what this one has to do, and record how it ended.

    no row, or `running`   do it (again)
    `running`, step `done` the copy is verified: only the key may still have to be given back
    `done`                 nothing to do; but if the files are gone, the clone is lost
    `failed`               nothing is tried; the source is not contacted

A permanent failure is recorded before the key is given back, so that a kill in between loses neither.
"""

from collections.abc import Callable, Sequence

from migrator.channel import new_http_client, trusting
from migrator.copying import Copying
from migrator.egress import ProxiedTransport, proxy_of
from migrator.ends import SourceEnd
from migrator.errors import (
    FailedEarlier,
    InternalError,
    KeyExpired,
    KeyRefused,
    MigrationError,
    PermanentError,
    SettingsInvalid,
    TemporaryError,
    VolumeLost,
)
from migrator.finalise.finish import WP_CONFIG, write_config
from migrator.finalise.wp_config import WpConfig
from migrator.local.database import Account, Database
from migrator.local.volume import Volume
from migrator.log import log, warn, where
from migrator.progress import Progress, ProgressStore, State
from migrator.remote import RemoteSite
from migrator.retrying import BRIEF, RetryPolicy
from migrator.settings import CopySettings, ImportSettings
from migrator.source_session import SourceSession, is_same_site

_COPIED = "The copy is complete."
_PREPARED = "WordPress is prepared."
_NAMED = 10  # extensions in a message; the report has them all


def run_import(settings: ImportSettings) -> None:
    """Do what is left to do; raises MigrationError if the clone is not complete afterwards."""
    database = Database(account_of(settings))
    store = ProgressStore(database)
    try:
        Importing(settings, database, store).run()
    finally:
        store.close()


def account_of(settings: CopySettings) -> Account:
    """The clone's database account."""
    return Account(
        host=settings.db_host,
        port=settings.db_port,
        database=settings.db_name,
        user=settings.db_user,
        password=settings.db_password.get_secret_value(),
        ca_file=settings.db_ca_file,
    )


def open_source(settings: ImportSettings, policy: RetryPolicy) -> SourceEnd:
    """The source as a client of its agent; raises SettingsInvalid if the key was given for another site."""
    home = settings.source_home or settings.source_url
    if not is_same_site(home, settings.source_url):
        raise SettingsInvalid("SOURCE_URL is not the site that SOURCE_KEY was given for.", code="SOURCE_OTHER_SITE")
    session = SourceSession.parse(settings.source_session.get_secret_value())
    tls = trusting(settings.source_ca_file)
    http = new_http_client(tls, ProxiedTransport(tls, proxy_of(settings)) if settings.egress_proxy else None)
    client = session.put_into(http, settings.source_url)
    return RemoteSite.open(settings.source_url, settings.source_key.get_secret_value(), client=client, policy=policy)


class Importing:
    """One start of `migrator import`.

    Args:
        open_source: Makes the source's end; called again for giving the key back after a failure.
    """

    def __init__(
        self,
        settings: ImportSettings,
        database: Database,
        store: ProgressStore,
        open_source: Callable[[ImportSettings, RetryPolicy], SourceEnd] = open_source,
    ) -> None:
        self._settings = settings
        self._database = database
        self._store = store
        self._open_source = open_source
        self._progress = Progress(store)
        self._volume = Volume(settings.site_root)

    def run(self) -> None:
        """See the module."""
        before = self._store.read()
        if before is not None and before.state == "failed":
            raise FailedEarlier(f"An earlier run has failed for good: {before.message}", code=before.code)
        complete = self._volume.status(WP_CONFIG) is not None
        if before is not None and before.state == "done":
            self._require_files(complete=complete)
            return
        try:
            if before is not None and before.step == "done" and complete:
                self._end(before)
            else:
                self._begin()
        except PermanentError as failure:
            self._record(failure)
            raise
        except TemporaryError as failure:
            self._progress.note(f"{failure.message} Trying again.")
            raise
        except Exception as failure:
            warn("internal error", kind=type(failure).__name__, where=where(failure))
            internal = InternalError("The copying engine met a case that it does not know.")
            self._record(internal)
            raise internal from failure

    def _require_files(self, *, complete: bool) -> None:
        if not complete:
            lost = VolumeLost("The clone's pod was lost and its files with it. Delete the clone and clone again.")
            self._progress.finish("failed", "done", lost.message, lost.code)
            raise lost
        self._volume.release()
        log("done", message="An earlier run has completed the copy.")

    def _begin(self) -> None:
        if not self._settings.source_url:
            self._empty_site()
            return
        source = self._source()
        report = Copying(self._settings, source, self._database, self._volume, self._progress).run()
        self._store.write_report(report)
        self._progress.finish("running", "done", "The copy is verified; giving the source's key back.")
        log("report", **report.model_dump(mode="json", include={"seconds", "rewriting", "verify", "peak_memory_mb"}))
        self._give_back(source)
        self._finish(_without(report.source.php_extensions_missing))

    def _empty_site(self) -> None:
        self._progress.step("plan", "Preparing an empty WordPress.", percent=(0, 100))
        self._volume.claim()
        write_config(self._volume, WpConfig(self._settings.clone_url))
        self._progress.admin("admin")
        self._finish()

    def _end(self, before: State) -> None:
        """An earlier run verified the copy and was killed while it gave the key back."""
        self._progress.admin(before.admin_user)
        if self._settings.source_url:
            self._give_back(self._source())
        self._finish()

    def _finish(self, remark: str = "") -> None:
        message = (_COPIED if self._settings.source_url else _PREPARED) + remark
        self._progress.finish("done", "done", message)
        self._volume.release()
        log("done", message=message)

    def _source(self) -> SourceEnd:
        required = {"SOURCE_KEY": self._settings.source_key, "ADMIN_PASSWORD": self._settings.admin_password}
        missing = [name for name, value in required.items() if not value.get_secret_value()]
        if missing:
            raise SettingsInvalid(f"A copy needs a key to its source and a password of its own; missing: {missing}.")
        return self._open_source(self._settings, RetryPolicy())

    def _give_back(self, source: SourceEnd) -> None:
        """Revoke the key, but not one that the site's owner made to stand.

        It expires by itself, so a source that does not answer now is no reason to fail.
        """
        try:
            if source.hello().key.purpose == "standing":
                return
            left = source.revoke()
        except MigrationError as failure:
            warn("key not given back", code=failure.code)
            return
        if left:
            warn("the source keeps files of the agent", paths=left)
        log("key given back")

    def _record(self, failure: PermanentError) -> None:
        self._progress.finish("failed", "", failure.message, failure.code)
        useless = isinstance(failure, SettingsInvalid | KeyRefused | KeyExpired)
        if self._settings.source_url and not useless:
            self._give_back(self._open_source(self._settings, BRIEF))


def _without(extensions: Sequence[str]) -> str:
    """A sentence about extensions of the source's PHP that the clone's has not; "" for none."""
    if not extensions:
        return ""
    others = len(extensions) - _NAMED
    named = ", ".join(extensions[:_NAMED]) + (f" and {others} more" if others > 0 else "")
    return f" The clone's PHP lacks extensions that the source's has: {named}."
