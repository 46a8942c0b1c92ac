"""Databases of clones on a real MySQL server: who may do what, whose is whose, and nothing left."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from api.database.connect import DatabaseServer, Session
from api.database.errors import StatementFailed
from api.database.provision import MAX_USER_CONNECTIONS, RIGHTS, Databases
from api.domain.errors import DatabaseUnavailable, Duplicate, InvalidRequest

pytestmark = pytest.mark.database

ACCESS_DENIED = 1045
NO_RIGHT_ON_DATABASE = 1044
NO_RIGHT_TO_READ = 1142
NO_RIGHT_ON_ROUTINES = 1370
NEEDS_MORE_RIGHTS = 1227
CREATED = datetime(2026, 5, 17, 9, 30, tzinfo=UTC)


@pytest.fixture
def databases(server: DatabaseServer) -> Iterator[Databases]:
    """The databases of one namespace, all removed afterwards."""
    found = Databases(server, cluster="test", namespace=f"n-{secrets.token_hex(4)}", now=lambda: CREATED)
    yield found
    for name in found.list_owned():
        found.drop(name)


@contextmanager
def logged_in(server: DatabaseServer, user: str, password: str) -> Iterator[Session]:
    with closing(server.open_as(user, password)) as session:
        yield session


def left(server: DatabaseServer) -> set[str]:
    """What the server has of the clone shop-1."""
    account = "SELECT 'account' FROM information_schema.USER_ATTRIBUTES WHERE USER = 'wp_shop_1'"
    database = "SELECT 'database' FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = 'wp_shop_1'"
    with server.session() as session:
        return {what for (what,) in session.execute(f"{account} UNION {database}")}


def test_a_clone_has_rights_on_its_own_database(databases: Databases, server: DatabaseServer) -> None:
    databases.create("shop-1", "first")
    with logged_in(server, "wp_shop_1", "first") as clone:
        clone.execute("CREATE TABLE wp_shop_1.t (id INT PRIMARY KEY)")
        clone.execute("INSERT INTO wp_shop_1.t VALUES (%s)", (7,))
        assert clone.execute("SELECT id FROM wp_shop_1.t") == [(7,)]
        grants = [grant for (grant,) in clone.execute("SHOW GRANTS")]
    (given,) = (grant for grant in grants if grant.endswith(r" ON `wp\_shop\_1`.* TO `wp_shop_1`@`%`"))
    assert set(given.removeprefix("GRANT ").partition(" ON ")[0].split(", ")) == set(RIGHTS.split(", "))
    assert len(grants) == 2  # the other one is USAGE
    assert not any("GRANT OPTION" in grant for grant in grants)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE FUNCTION wp_shop_1.f() RETURNS INT DETERMINISTIC SQL SECURITY INVOKER RETURN 1",
        "CREATE PROCEDURE wp_shop_1.p() SQL SECURITY INVOKER SELECT 1",
        "CREATE EVENT wp_shop_1.e ON SCHEDULE EVERY 1 DAY DO SELECT 1",
        """ALTER USER CURRENT_USER() ATTRIBUTE '{"cluster": "other"}'""",
    ],
)
def test_a_clone_leaves_nothing_that_others_would_run_or_believe(
    databases: Databases, server: DatabaseServer, statement: str
) -> None:
    databases.create("shop-1", "first")
    with logged_in(server, "wp_shop_1", "first") as clone, pytest.raises(StatementFailed) as refused:
        clone.execute(statement)
    assert refused.value.number in (NO_RIGHT_ON_DATABASE, NO_RIGHT_ON_ROUTINES, NEEDS_MORE_RIGHTS)


def test_a_clone_blocks_no_work_on_others(databases: Databases, server: DatabaseServer) -> None:
    databases.create("blog", "second")
    with logged_in(server, "wp_blog", "second") as clone:
        for guess in ("wordpress-clone:wp_shop_1", "wp_shop_1", "shop-1"):
            clone.execute("SELECT GET_LOCK(%s, 0)", (guess,))
        databases.create("shop-1", "first")
    name = server.lock_name("wp_shop_1")
    assert "shop" not in name
    assert name != server.lock_name("wp_blog")
    assert len(name) == 40


def test_an_underscore_opens_no_other_database(databases: Databases, server: DatabaseServer) -> None:
    databases.create("shop-1", "first")
    databases.create("shop21", "second")  # wp_shop_1 as a pattern would match wp_shop21
    with logged_in(server, "wp_shop_1", "first") as clone, pytest.raises(StatementFailed) as refused:
        clone.execute("CREATE TABLE wp_shop21.t (id INT)")
    assert refused.value.number == NO_RIGHT_TO_READ
    with logged_in(server, "wp_shop_1", "first") as clone, pytest.raises(StatementFailed) as refused:
        clone.execute("CREATE DATABASE wp_shop_2")
    assert refused.value.number == NO_RIGHT_ON_DATABASE


def test_the_account_needs_tls_and_has_a_limit(databases: Databases, server: DatabaseServer) -> None:
    databases.create("shop-1", "first")
    with logged_in(server, "wp_shop_1", "first") as clone:
        ((statement,),) = clone.execute("SHOW CREATE USER CURRENT_USER()")
    assert "REQUIRE SSL" in statement
    assert f"MAX_USER_CONNECTIONS {MAX_USER_CONNECTIONS}" in statement


def test_creating_again_sets_the_password_and_keeps_the_data(databases: Databases, server: DatabaseServer) -> None:
    databases.create("shop-1", "first")
    with logged_in(server, "wp_shop_1", "first") as clone:
        clone.execute("CREATE TABLE wp_shop_1.t (id INT)")
    databases.create("shop-1", "second")
    with logged_in(server, "wp_shop_1", "second") as clone:
        assert clone.execute("SELECT COUNT(*) FROM wp_shop_1.t") == [(0,)]
    with pytest.raises(StatementFailed) as refused:
        server.open_as("wp_shop_1", "first")
    assert refused.value.number == ACCESS_DENIED


def test_dropping_leaves_nothing_and_may_be_repeated(databases: Databases, server: DatabaseServer) -> None:
    databases.create("shop-1", "first")
    assert databases.is_complete("shop-1")
    databases.drop("shop-1")
    databases.drop("shop-1")
    assert left(server) == set()
    assert databases.list_owned() == []


def test_what_is_needed_stays_and_that_is_asked_under_the_lock(databases: Databases, server: DatabaseServer) -> None:
    databases.create("shop-1", "first")
    asked: list[bool] = []

    def needed() -> bool:
        with server.session() as session:
            ((free,),) = session.execute("SELECT IS_FREE_LOCK(%s)", (server.lock_name("wp_shop_1"),))
        asked.append(free == 0)
        return len(asked) == 1

    assert not databases.drop_unless("shop-1", needed)
    assert databases.is_complete("shop-1")
    assert databases.drop_unless("shop-1", needed)
    assert left(server) == set()
    assert asked == [True, True]


def test_what_was_made_is_found_by_its_attribute(databases: Databases) -> None:
    databases.create("shop-1", "first")
    databases.create("blog", "second")
    assert sorted(databases.list_owned()) == ["blog", "shop-1"]
    assert {found.created for found in databases.owned()} == {CREATED}


def test_an_account_without_database_is_found_and_dropped(databases: Databases, server: DatabaseServer) -> None:
    databases.create("shop-1", "first")
    with server.session() as session:
        session.execute("DROP DATABASE wp_shop_1")
    assert databases.list_owned() == ["shop-1"]
    assert not databases.is_complete("shop-1")
    databases.drop("shop-1")
    assert left(server) == set()


def test_a_database_without_account_is_told_and_not_taken_for_ours(
    databases: Databases, server: DatabaseServer
) -> None:
    databases.create("shop-1", "first")
    with server.session() as session:
        session.execute("DROP USER wp_shop_1")
    try:
        assert databases.without_account() == ["shop-1"]
        assert databases.list_owned() == []
        assert not databases.drop_unless("shop-1", lambda: True)
    finally:
        with server.session() as session:
            session.execute("DROP DATABASE wp_shop_1")
    assert databases.without_account() == []


def test_another_cluster_sees_and_touches_nothing(databases: Databases, server: DatabaseServer) -> None:
    databases.create("shop-1", "first")
    other = Databases(server, cluster="other", namespace="n")
    assert other.list_owned() == []
    with pytest.raises(Duplicate):
        other.create("shop-1", "stolen")
    other.drop("shop-1")
    assert databases.is_complete("shop-1")
    with logged_in(server, "wp_shop_1", "first"):
        pass


def test_a_connection_that_holds_the_database_is_ended(databases: Databases, server: DatabaseServer) -> None:
    databases.create("shop-1", "first")
    with logged_in(server, "wp_shop_1", "first") as left_over:
        left_over.execute("CREATE TABLE wp_shop_1.t (id INT)")
        left_over.execute("START TRANSACTION")
        left_over.execute("SELECT * FROM wp_shop_1.t")  # holds a metadata lock until the transaction ends
        databases.drop("shop-1")
        with pytest.raises(DatabaseUnavailable):
            left_over.execute("SELECT 1")
    assert left(server) == set()


def test_work_on_one_name_is_serialised(databases: Databases, server: DatabaseServer) -> None:
    errors: list[BaseException] = []

    def repeat(verb: str) -> None:
        try:
            for _ in range(5):
                databases.create("shop-1", "same") if verb == "create" else databases.drop("shop-1")
        except BaseException as error:
            errors.append(error)
            raise

    threads = [threading.Thread(target=repeat, args=(verb,)) for verb in ("create", "drop", "create", "drop")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    databases.create("shop-1", "same")
    with logged_in(server, "wp_shop_1", "same"):
        pass


def test_a_certificate_for_another_name_is_refused(server: DatabaseServer) -> None:
    impostor = replace(server, host="mysql.elsewhere.svc")
    with pytest.raises(DatabaseUnavailable):
        impostor.open()


def test_no_name_but_a_clones_reaches_sql(databases: Databases) -> None:
    with pytest.raises(InvalidRequest):
        databases.create("x`; DROP USER root", "first")


def test_no_error_tells_a_password(databases: Databases, server: DatabaseServer) -> None:
    with server.session() as session, pytest.raises(StatementFailed) as failed:
        session.execute("CREATE USER broken syntax IDENTIFIED BY %s", ("s3cret-value",))
    assert "s3cret-value" not in f"{failed.value!r} {failed.value.__cause__!r}"
    assert failed.value.__cause__ is None
    assert failed.value.__suppress_context__
