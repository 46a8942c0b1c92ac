"""A hostile source: names of tables, views and triggers that are something else, texts that cannot be written down."""

from typing import Any, cast

import pytest

from migrator.ends import Catalogue
from migrator.errors import SourceDataInvalid
from migrator.local.database import Connection, Database
from migrator.names import require_own_names, require_readable
from migrator.progress import ProgressStore, State
from migrator.schema import create_triggers, create_views
from migrator.site import Table, Trigger
from tests.unit.migrator.sites import site, table


class Recording:
    """A connection, and a database that makes it, which keeps statements and their values."""

    def __init__(self) -> None:
        self.statements: list[bytes | str] = []
        self.values: list[tuple[object, ...]] = []

    def connect(self) -> "Recording":
        return self

    def run(self, statement: bytes | str, _doing: str, values: tuple[object, ...] = ()) -> int:
        self.statements.append(statement)
        self.values.append(values)
        return 0

    def rows(self, _statement: str, _doing: str) -> list[tuple[Any, ...]]:
        return []

    def commit(self) -> None:
        pass

    def as_connection(self) -> Connection:
        return cast(Connection, self)


@pytest.mark.parametrize("name", ["wp_posts", "WP_x", "Shared_Users", "shared_meta"])
def test_tables_of_the_site(name: str) -> None:
    constants = {"CUSTOM_USER_TABLE": "shared_users", "CUSTOM_USER_META_TABLE": "shared_meta"}
    require_own_names(site(constants=constants), [table(name, [], None)])


@pytest.mark.parametrize(
    ("name", "prefix"), [("posts", "wp_"), ("mysql.user", "wp_"), ("w", "wp_"), ("_MIGRATOR_progress", "_")]
)
def test_tables_of_somebody_else(name: str, prefix: str) -> None:
    with pytest.raises(SourceDataInvalid):
        require_own_names(site(prefix=prefix), [table(name, [], None)])


@pytest.mark.parametrize(
    "bad", [table("wp_表", [], None), table("wp_t", [("表", "int")], None), table("wp_t", [], None, "x '表\\'")]
)
def test_quotes_that_may_be_half_of_a_character(bad: Table) -> None:
    require_readable("utf8mb4", Catalogue([bad], [], []))
    require_readable("gbk", Catalogue([table("wp_t", [("a", "int")], None, "x '表'")], [], []))
    with pytest.raises(SourceDataInvalid):
        require_readable("gbk", Catalogue([bad], [], []))


def test_what_is_no_view_is_reported_and_not_executed() -> None:
    connection = Recording()
    views = [
        table("wp_v", [], None, "CREATE VIEW `wp_v` AS SELECT 1"),
        table("wp_w", [], None, "CREATE EVENT e ON SCHEDULE EVERY 1 SECOND DO SELECT 1 /* VIEW */"),
    ]
    failed = create_views(connection.as_connection(), views)
    assert failed == [("wp_w", "The source sent no definition of wp_w.")]
    assert connection.statements == [b"CREATE SQL SECURITY INVOKER VIEW `wp_v` AS SELECT 1"]


def test_what_is_no_trigger_of_a_copied_table_is_reported_and_not_executed() -> None:
    def trigger(name: str, on: str, body: bytes) -> Trigger:
        return Trigger.model_construct(name=name, table=on, timing="BEFORE", event="INSERT", statement=body)

    triggers = [
        trigger("a", "wp_t", b"SET NEW.k = 1"),
        trigger("b", "elsewhere", b"SET NEW.k = 1"),
        trigger("c", "wp_t", b"SET NEW.k = 1; DROP TABLE wp_t"),
    ]
    connection = Recording()
    failed = create_triggers(connection.as_connection(), triggers, {"wp_t"})
    assert failed == [("b", "its table is not copied"), ("c", "The source sent no definition of c.")]
    assert connection.statements == [b"CREATE TRIGGER `a` BEFORE INSERT ON `wp_t` FOR EACH ROW SET NEW.k = 1"]


def test_a_failure_can_be_recorded_whatever_its_text() -> None:
    database = Recording()
    store = ProgressStore(cast(Database, database))
    store.write(State(message="\ud800" + "x" * 2_000, code="\udc80" * 100, step="s" * 99, admin_user="a" * 99))
    texts = [value for value in database.values[-1] if isinstance(value, str)]
    assert [len(text) for text in texts] == [7, 32, 1_000, 64, 60]
    assert texts[2].startswith("?x")
    assert "".join(texts).encode()
