"""The command line, its settings, its errors and its log lines."""

import inspect
import json
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from migrator import errors
from migrator.cli import app
from migrator.errors import MigrationError, PermanentError, SettingsInvalid, TemporaryError
from migrator.local.database import Account
from migrator.progress import Progress, State
from migrator.protocol import AgentKey
from migrator.settings import ImportSettings, load_settings
from migrator.workers import Lane, once, run_lanes

PUBLISHED_SCHEMA = Path(__file__).parents[3] / "docs" / "report.schema.json"
ENVIRONMENT = {
    "CLONE_URL": "http://s1.clone-sites.test:8080/clone-1/",
    "SITE_ROOT": "/var/www/html/clone-1",
    "DB_HOST": "mysql.database.svc",
    "DB_NAME": "wp_clone_1",
    "DB_USER": "wp_clone_1",
    "DB_PASSWORD": "a-database-password",
    "SOURCE_KEY": "cm_a-source-key",
    "ADMIN_PASSWORD": "an-admin-password",
}
TREE = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, MigrationError)]
LEAVES = [kind for kind in TREE if kind not in (MigrationError, TemporaryError, PermanentError)]


@pytest.fixture
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("_environment")
def test_settings() -> None:
    settings = load_settings(ImportSettings)
    assert settings.clone_url == "http://s1.clone-sites.test:8080/clone-1"
    assert (settings.source_url, settings.db_port, settings.db_ca_file) == ("", 3306, "")


@pytest.mark.usefixtures("_environment")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PORT", "x"),
        ("DB_PORT", "70000"),
        ("DB_HOST", ""),
        ("CLONE_URL", "ftp://x"),
        ("SOURCE_URL", "http://u:p@x"),
        ("SOURCE_URL", "x"),
        ("API_KEY", "cm_u:p"),
    ],
)
def test_wrong_settings_are_named_without_their_values(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsInvalid) as refused:
        load_settings(ImportSettings)
    assert name in refused.value.message
    assert "u:p" not in refused.value.message


@pytest.mark.usefixtures("_environment")
def test_nothing_shows_a_secret() -> None:
    settings = load_settings(ImportSettings)
    account = Account("h", 1, "d", "u", settings.db_password.get_secret_value())
    shown = repr(settings) + str(settings) + repr(account)
    assert not [name for name in ("DB_PASSWORD", "SOURCE_KEY", "ADMIN_PASSWORD") if ENVIRONMENT[name] in shown]


def test_command_without_settings_says_which_in_one_json_line() -> None:
    result = CliRunner().invoke(app, ["import"], env=dict.fromkeys(ENVIRONMENT))
    assert result.exit_code == SettingsInvalid.exit_status
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["event"] for line in lines] == ["start", "failed"]
    assert lines[1]["code"] == "SETTINGS_INVALID"
    assert "DB_HOST" in lines[1]["message"]


def test_help_names_every_setting() -> None:
    result = CliRunner().invoke(app, ["import", "--help"])
    assert all(name in result.stdout for name in ENVIRONMENT)


def test_the_published_schema_is_that_of_the_report() -> None:
    result = CliRunner().invoke(app, ["schema"])
    assert json.loads(result.stdout) == json.loads(PUBLISHED_SCHEMA.read_text())
    assert "peak_memory_mb" in json.loads(result.stdout)["required"]


def test_keys_are_new_each_time() -> None:
    keys = [AgentKey.parse(CliRunner().invoke(app, ["key"]).stdout) for _ in range(2)]
    assert keys[0].secret != keys[1].secret


def test_codes_are_unique() -> None:
    codes = [kind.code for kind in LEAVES]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("kind", LEAVES)
def test_exit_statuses_tell_whether_to_try_again(kind: type[MigrationError]) -> None:
    again = issubclass(kind, TemporaryError)
    assert (10 <= kind.exit_status <= 19) is again
    assert again is not issubclass(kind, PermanentError)
    assert f" {kind.exit_status}  " in (inspect.getdoc(errors) or "")


def test_lanes_do_every_job_once() -> None:
    done: list[int] = []
    beside: list[str] = []
    run_lanes(Lane("numbers", range(100), done.append, threads=4), once("other", lambda: beside.append("x")))
    assert sorted(done) == list(range(100))
    assert beside == ["x"]


def test_the_first_failure_stops_all_lanes_and_is_raised() -> None:
    started = threading.Event()
    done: list[int] = []

    def fail(_: None) -> None:
        started.wait(10)
        raise SettingsInvalid("x")

    def work(number: int) -> None:
        done.append(number)
        started.set()

    def numbers() -> "range":
        return range(10_000_000)

    with pytest.raises(SettingsInvalid):
        run_lanes(Lane("bad", [None], fail, threads=1), Lane("good", numbers(), work, threads=1))
    assert len(done) < 10_000_000


class Rows:
    """Stands in for the progress table."""

    def __init__(self) -> None:
        self.written: list[State] = []

    def write(self, state: State) -> None:
        self.written.append(state)


def test_progress_goes_from_a_steps_first_percent_to_its_last() -> None:
    rows = Rows()
    progress = Progress(rows)
    progress.step("files", "Copying.", percent=(10, 90), total=2, weight=1_000)
    progress.advance(1, 500)
    progress.note("Going on.")
    assert (rows.written[-1].percent, rows.written[-1].done, rows.written[-1].bytes) == (50, 1, 500)
    progress.advance(1, 5_000)
    progress.admin("admin")
    progress.finish("failed", "", "No.", "CODE")
    last = rows.written[-1]
    assert (last.state, last.step, last.percent, last.code, last.admin_user) == (
        "failed",
        "files",
        90,
        "CODE",
        "admin",
    )
    progress.finish("done", "done", "Yes.")
    assert (rows.written[-1].percent, rows.written[-1].code) == (100, "")


def test_progress_is_not_written_for_every_file() -> None:
    rows = Rows()
    progress = Progress(rows)
    progress.step("files", "Copying.", percent=(0, 100), weight=10_000)
    for _ in range(10_000):
        progress.advance(1, 1)
    assert len(rows.written) < 100
