"""One-time logins, left in a clone's database on a real server."""

from collections.abc import Iterator

import pytest

from api.database.connect import DatabaseServer
from api.database.identifiers import OWN_SERVER_USER
from api.database.login_links import LoginLinks
from api.database.provision import Databases
from api.domain.errors import DatabaseUnavailable

pytestmark = pytest.mark.database

NAME, PASSWORD, TABLE = "links-1", "the-password", "wp_links_1.`_migrator_login`"


@pytest.fixture
def links(server: DatabaseServer) -> Iterator[LoginLinks]:
    databases = Databases(server, cluster="test", namespace="links")
    databases.create(NAME, PASSWORD)
    yield LoginLinks(server)
    databases.drop(NAME)


def rows(server: DatabaseServer) -> list[tuple[object, ...]]:
    with server.session() as session:
        return session.execute(f"SELECT token_hash, user_login, expires_at - UNIX_TIMESTAMP() FROM {TABLE}")


def test_a_token_is_left_with_its_login_and_expired_ones_go(links: LoginLinks, server: DatabaseServer) -> None:
    links.leave(NAME, PASSWORD, "admin", "a" * 64, 0)
    links.leave(NAME, PASSWORD, "admin-x1y2", "b" * 64, 60)
    ((token_hash, login, seconds),) = rows(server)
    assert (token_hash, login) == ("b" * 64, "admin-x1y2")
    assert 0 < int(str(seconds)) <= 60


def test_only_as_the_clones_own_account(links: LoginLinks) -> None:
    with pytest.raises(DatabaseUnavailable):
        links.leave(NAME, "another password", "admin", "c" * 64, 60)


def test_a_table_that_the_clone_has_replaced_is_an_error_of_ours(links: LoginLinks, server: DatabaseServer) -> None:
    with server.session() as session:
        session.execute(f"CREATE TABLE {TABLE} (other INT)")
    with pytest.raises(DatabaseUnavailable):
        links.leave(NAME, PASSWORD, "admin", "d" * 64, 60)


def test_at_a_server_of_the_clones_own(
    links: LoginLinks, server: DatabaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As whom RDS made there; the one server that runs here plays it, under whatever name."""
    asked: list[str] = []

    def at(self: DatabaseServer, host: str) -> DatabaseServer:
        asked.append(host)
        return self

    monkeypatch.setattr(DatabaseServer, "at", at)
    with server.session() as session:
        session.execute(f"CREATE USER {OWN_SERVER_USER} IDENTIFIED BY 'its-own-password'")
        session.execute(rf"GRANT CREATE, INSERT, DELETE, SELECT ON `wp\_links\_1`.* TO {OWN_SERVER_USER}")
    try:
        links.leave(NAME, "its-own-password", "admin", "e" * 64, 60, own_server="own.example.com")
        assert [(row[0], row[1]) for row in rows(server)] == [("e" * 64, "admin")]
        assert asked == ["own.example.com"]
    finally:
        with server.session() as session:
            session.execute(f"DROP USER {OWN_SERVER_USER}")
