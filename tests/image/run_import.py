"""Runs `migrator import` in a process of its own, with the database server dialled at the loopback.

In a pod the server's name leads to it; on the tests' machine it is only the name on the certificate.
"""

import sys

from migrator.importing import Importing
from migrator.local.database import Account, Database
from migrator.progress import ProgressStore
from migrator.settings import ImportSettings, load_settings


def main(ca_file: str) -> None:
    """Settings come from the environment, as in a pod."""
    settings = load_settings(ImportSettings)
    password = settings.db_password.get_secret_value()
    database = Database(
        Account(settings.db_host, settings.db_port, settings.db_name, settings.db_user, password, ca_file, "127.0.0.1")
    )
    store = ProgressStore(database)
    try:
        Importing(settings, database, store).run()
    finally:
        store.close()


if __name__ == "__main__":
    main(sys.argv[1])
