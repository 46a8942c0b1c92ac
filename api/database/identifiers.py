"""What a clone's database and account are called in SQL, quoted for each place that they appear in.

Identifiers cannot be parameters of a statement, so they are built here and nowhere else, and only from names that
`api.domain.names` accepts.
"""

from api.domain.names import database_name, validate_name

OWN_SERVER_USER = "wordpress"  # whom RDS makes on a clone's own server; for that user it takes 16 characters


def account_name(name: str) -> str:
    """Return the MySQL user, and database, of the clone `name`; raises InvalidRequest if it is no clone's name."""
    validate_name(name)
    return database_name(name)


def clone_of(database: str) -> str:
    """Return the clone's name for a database's; a clone's name has no `_`."""
    return database.removeprefix("wp_").replace("_", "-")


def quote(identifier: str) -> str:
    """Return an identifier in backticks (MySQL manual, "Schema Object Names")."""
    return "`" + identifier.replace("`", "``") + "`"


def grant_target(database: str) -> str:
    r"""Return a database for `GRANT … ON`, where `_` and `%` are wildcards unless escaped (manual, "GRANT Statement").

    Unescaped, `wp_a_1` would also open the database `wp_a21` of another clone.
    """
    return quote(database.replace("\\", "\\\\").replace("_", r"\_").replace("%", r"\%")) + ".*"


def account(user: str) -> str:
    """Return the account of a clone: a name without host is one for any host (manual, "Specifying Account Names").

    Pods come from any address; TLS and the password are what lets them in.
    """
    return quote(user)
