"""All that turns a copy into a clone, in its database and a few files.

Not one transaction: making the agent's tables commits what was done before (MySQL's DDL does). Nothing depends on it,
because a run that was killed in here is followed by one that finds the tables changed and copies them anew.
"""

from dataclasses import dataclass
from typing import Any

from migrator.finalise.agent_key import register_key
from migrator.finalise.drop_ins import set_aside, set_aside_places
from migrator.finalise.options import Options, own_address, without_agent
from migrator.finalise.users import Users, user_tables
from migrator.finalise.wp_config import WpConfig, render
from migrator.local.database import Connection, Database
from migrator.local.volume import Volume
from migrator.plan import Plan
from migrator.protocol import AgentKey
from migrator.schema import Target
from migrator.settings import ImportSettings

WP_CONFIG = b"wp-config.php"
_CONFIG_MODE = 0o640


@dataclass(frozen=True)
class Finalised:
    """What was done: the clone's administrator, files of the host set aside, entries of logins removed."""

    admin_user: str
    drop_ins: list[str]
    sessions_removed: int
    agent_deactivated: bool

    @property
    def moved(self) -> dict[bytes, bytes]:
        """Files that do not lie where the source has them: place → place in the clone."""
        return set_aside_places(self.drop_ins)

    def as_report(self) -> dict[str, Any]:
        """For the report."""
        return {
            "admin_user": self.admin_user,
            "drop_ins_set_aside": self.drop_ins,
            "sessions_removed": self.sessions_removed,
            "agent_deactivated": self.agent_deactivated,
        }


def finalise(settings: ImportSettings, plan: Plan, target: Target, database: Database, volume: Volume) -> Finalised:
    """Give the clone its own address, users, agent key, configuration; set hosting drop-ins aside."""
    connection = database.connect()
    try:
        finalised = _database(connection, settings, plan, set_aside(volume))
        connection.commit()
    finally:
        connection.close()
    write_config(volume, _config(settings, plan, target))
    return finalised


def changed_tables(plan: Plan) -> set[str]:
    """Names of the site's tables in which `finalise` changes rows."""
    wordpress = plan.site.wordpress
    return {f"{wordpress.prefix}options", *user_tables(wordpress.prefix, plan.site.constants)}


def write_config(volume: Volume, config: WpConfig) -> None:
    """Write wp-config.php."""
    volume.write(WP_CONFIG, render(config).encode(), _CONFIG_MODE)


def _database(connection: Connection, settings: ImportSettings, plan: Plan, drop_ins: list[str]) -> Finalised:
    prefix = plan.site.wordpress.prefix
    options = Options(connection, prefix)
    own_address(options, settings.clone_url)
    deactivated = without_agent(options)
    users = Users(connection, prefix, plan.site.constants)
    removed = users.log_everybody_out()
    login = users.add_administrator(settings.admin_password.get_secret_value())
    if settings.api_key.get_secret_value():
        register_key(connection, prefix, AgentKey.parse(settings.api_key.get_secret_value()))
    return Finalised(login, drop_ins, removed, deactivated)


def _config(settings: ImportSettings, plan: Plan, target: Target) -> WpConfig:
    wordpress = plan.site.wordpress
    collate = wordpress.collate and target.dialect.collations.collation(wordpress.collate)
    return WpConfig(
        clone_url=settings.clone_url,
        prefix=wordpress.prefix,
        charset=plan.charset,
        collate=collate,
        uploads=plan.layout.uploads,
        constants=plan.site.constants,
    )
