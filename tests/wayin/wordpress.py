"""One real WordPress, made once, put into a variant and back again."""

import os
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path

import httpx

from tests.engine.servers import Account, Server
from tests.engine.web import PHP_USER
from tests.wayin.state import State, changes, site_state, table_names
from tests.wayin.web import HERE, HOST, Web

OWNER, EDITOR = "siteowner", "redaktion"
HOME = f"https://{HOST}"
PLUGIN = "wp-content/plugins/custom-migrator"
_SITE = HERE / "site"
_VARIANTS = HERE / "variants"


class WordPress:
    """The site; `passwords` are by user.

    Args:
        web: Serves its folder, which holds WordPress and nothing else.
    """

    def __init__(self, web: Web, server: Server) -> None:
        self.web = web
        self.server = server
        self.root = web.site
        self.passwords = {OWNER: secrets.token_urlsafe(12), EDITOR: secrets.token_urlsafe(12)}
        self.account: Account = server.new_account("wayin", "ALL")
        self._spare: Account = server.new_account("spare", "ALL")
        self._install()
        self.pristine: State = self.state()

    def _install(self) -> None:
        template = (_SITE / "wp-config.php").read_text(encoding="utf-8")
        self.put("wp-config.php", template.format(account=self.account, host=self.server.container.name))
        self.put("wp-content/mu-plugins/note-logins.php", (_SITE / "note-logins.php").read_text(encoding="utf-8"))
        self._write_rules("")
        self.own()
        self.web.php(
            "site/install.php",
            OWNER=OWNER,
            OWNER_PASSWORD=self.passwords[OWNER],
            EDITOR=EDITOR,
            EDITOR_PASSWORD=self.passwords[EDITOR],
        )
        self._visit_as_owner()
        (self.web.notes / "logins").unlink()
        self._copy_rows(self.account, self._spare)

    def _visit_as_owner(self) -> None:
        """Look around as an owner does: a site in use has what WordPress makes at first sight of a page."""
        with httpx.Client(transport=self.web.transport(), base_url=HOME, follow_redirects=True) as browser:
            browser.get("/")
            browser.get("/wp-login.php")
            browser.post("/wp-login.php", data={"log": OWNER, "pwd": self.passwords[OWNER], "testcookie": "1"})
            for page in ("", "plugins.php", "options-general.php", "upload.php"):
                browser.get(f"/wp-admin/{page}").raise_for_status()

    def state(self) -> State:
        """All that the site is now."""
        return site_state(self.root, self.server, self.account.database)

    @property
    def logins(self) -> list[str]:
        """Every login since the variant was put in: `accepted` or `refused`."""
        notes = self.web.notes / "logins"
        return notes.read_text(encoding="utf-8").split() if notes.exists() else []

    def put(self, path: str, text: str) -> None:
        """Write a file of the site."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def visit(self, path: str) -> str:
        """Look at a page, as anybody may; returns its text."""
        with httpx.Client(transport=self.web.transport(), base_url=HOME) as browser:
            return browser.get(path).text

    def sql(self, *statements: str) -> None:
        """Change its database."""
        self.server.run(*statements, database=self.account.database)

    def use(self, names: Iterable[str]) -> None:
        """Put in what the variants' folder has under these names; the kind of each file says where it belongs.

        `.php` is a must-use plugin, `.htaccess` rules of the web server, `.config` a part of wp-config.php, `.plugin`
        an active plugin, `.l10n` the site's translation, `.sql` a statement.
        """
        rules = ""
        for file in sorted(found for name in names for found in _VARIANTS.glob(f"{name}.*")):
            text = file.read_text(encoding="utf-8")
            match file.suffix:
                case ".php":
                    self.put(f"wp-content/mu-plugins/{file.name}", text)
                case ".htaccess":
                    rules += text
                case ".config":
                    self.put("wp-config-variant.php", text)
                case ".plugin":
                    self.put(f"wp-content/plugins/{file.stem}/{file.stem}.php", text)
                    self.activate(f"{file.stem}/{file.stem}.php")
                case ".l10n":
                    self.put("wp-content/languages/de_DE.l10n.php", text)
                    self.put("wp-content/languages/admin-de_DE.l10n.php", text)
                case ".sql":
                    self.sql(text)
        self._write_rules(rules)
        self.own()

    def activate(self, file: str) -> None:
        """Make a plugin the only active one; `file` is its name in WordPress's list."""
        active = f'a:1:{{i:0;s:{len(file)}:"{file}";}}'
        self.sql(f"UPDATE wp_options SET option_value = '{active}' WHERE option_name = 'active_plugins'")

    def _write_rules(self, rules: str) -> None:
        self.put(".htaccess", rules + (_SITE / "htaccess").read_text(encoding="utf-8"))

    def restore(self) -> None:
        """Take everything away that was not there when it was new, and put back what was."""
        (self.web.notes / "logins").unlink(missing_ok=True)
        self._write_rules("")
        for change in changes(self.pristine, self.state()):
            kind, _, path = change.removeprefix("added ").partition(" ")
            if change.startswith("added ") and kind in ("file", "folder"):
                _remove(self.root / path)
        self.own()
        self._copy_rows(self._spare, self.account)

    def own(self) -> None:
        """Let everything belong to PHP's user, as on most shared hosts."""
        for folder, _, names in os.walk(self.root):
            os.chown(folder, PHP_USER, PHP_USER)
            for name in names:
                os.chown(Path(folder, name), PHP_USER, PHP_USER)

    def _copy_rows(self, source: Account, target: Account) -> None:
        wanted = table_names(self.server, source.database)
        there = table_names(self.server, target.database)
        anew = there != wanted  # a network has other columns in the same tables, too
        drop = [f"DROP TABLE `{name}`" for name in there if anew]
        make = [f"CREATE TABLE `{name}` LIKE `{source.database}`.`{name}`" for name in wanted if anew]
        fill = []
        for name in wanted:
            fill += [f"DELETE FROM `{name}`", f"INSERT INTO `{name}` SELECT * FROM `{source.database}`.`{name}`"]
        self.server.run(*drop, *make, "BEGIN", *fill, "COMMIT", database=target.database)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
