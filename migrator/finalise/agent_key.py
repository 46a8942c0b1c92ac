"""Register the clone's own key with the agent that the clone's image brings along, so that it can be restored from.

The tables are the agent's; their definition is repeated here because nobody calls the clone's PHP before it is served.
"""

from migrator.local.database import Connection, named
from migrator.protocol import AgentKey

_KEYS = """CREATE TABLE IF NOT EXISTS {table} (
    id CHAR(16) NOT NULL, secret CHAR(64) NOT NULL, scope VARCHAR(16) NOT NULL, purpose VARCHAR(16) NOT NULL,
    created_at BIGINT UNSIGNED NOT NULL, expires_at BIGINT UNSIGNED NULL, confirmed_at BIGINT UNSIGNED NULL,
    last_used_at BIGINT UNSIGNED NULL, PRIMARY KEY (id)) ENGINE=InnoDB DEFAULT CHARSET=ascii COLLATE=ascii_bin"""
_NONCES = """CREATE TABLE IF NOT EXISTS {table} (
    nonce CHAR(32) NOT NULL, expires_at BIGINT UNSIGNED NOT NULL, PRIMARY KEY (nonce), KEY expires_at (expires_at))
    ENGINE=InnoDB DEFAULT CHARSET=ascii COLLATE=ascii_bin"""

_REGISTER = """REPLACE INTO {table}
    (id, secret, scope, purpose, created_at, expires_at, confirmed_at, last_used_at)
    VALUES (%s, %s, 'read', 'standing', UNIX_TIMESTAMP(), NULL, UNIX_TIMESTAMP(), NULL)"""


def agent_tables(prefix: str) -> tuple[str, str]:
    """Names of the agent's tables for keys and for nonces."""
    return f"{prefix}custom_migrator_keys", f"{prefix}custom_migrator_nonces"


def register_key(connection: Connection, prefix: str, key: AgentKey) -> None:
    """Make the agent's tables and enter a standing key, which only reads and never expires."""
    keys, nonces = agent_tables(prefix)
    connection.run(named(_KEYS, table=keys), "making the agent's tables")
    connection.run(named(_NONCES, table=nonces), "making the agent's tables")
    connection.run(named(_REGISTER, table=keys), "registering the clone's key", (key.key_id, key.secret))
