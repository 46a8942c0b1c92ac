"""A small WordPress in memory, as its agent shows it: enough tables and files to see everything that a copy changes."""

import base64

from tests.unit.migrator.fake_agent import HOME, FakeAgent, FakeTable, File
from tests.unit.migrator.sites import hello

_END = "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci"
_HOME = HOME.encode()


def serialized(text: bytes) -> bytes:
    """An array with one string."""
    return b'a:1:{i:0;s:%d:"%b";}' % (len(text), text)


def site() -> FakeAgent:
    """A new site."""
    agent = FakeAgent(hello=hello(collate="utf8mb4_uca1400_ai_ci", constants={"WP_POST_REVISIONS": 5}), page=4)
    agent.files = {
        "core": {
            b"index.php": File(b"<?php // WordPress"),
            b"wp-load.php": File(b"<?php"),
            b"wp-includes/version.php": File(b"<?php $wp_version = '6.8.1';"),
        },
        "content": {
            b"object-cache.php": File(b"<?php // of the host"),
            b"uploads/2024/big.jpg": File(bytes(range(256)) * 1_024),
            b"uploads/not-utf8-\xff.txt": File(b"x"),
            b"themes/garden/style.css": File(b"/* */"),
        },
    }
    agent.tables = {"wp_options": _options(), "wp_posts": _posts(), "wp_users": _users(), "wp_usermeta": _usermeta()}
    agent.tables |= _others()
    agent.triggers = [_trigger()]
    return agent


def _table(columns: str, types: list[tuple[str, str]], rows: list[list[bytes | None]], width: int = 1) -> FakeTable:
    return FakeTable(rows, width, types, f"CREATE TABLE `@` (\n  {columns}\n) {_END}", "utf8mb4_uca1400_ai_ci")


def _named(name: str, table: FakeTable) -> FakeTable:
    table.create = table.create.replace("@", name, 1)
    return table


def _options() -> FakeTable:
    columns = (
        "`option_id` bigint(20) unsigned NOT NULL AUTO_INCREMENT, `option_name` varchar(191) NOT NULL DEFAULT '',"
        " `option_value` longtext NOT NULL, `autoload` varchar(20) NOT NULL DEFAULT 'yes',"
        " PRIMARY KEY (`option_id`), UNIQUE KEY `option_name` (`option_name`)"
    )
    values = {
        b"siteurl": _HOME,
        b"home": _HOME,
        b"blog_public": b"1",
        b"upload_path": b"/var/lib/wordpress/wp-content/uploads",
        b"active_plugins": b'a:2:{i:0;s:35:"custom-migrator/custom-migrator.php";i:1;s:9:"hello.php";}',
        b"custom_migrator_next_check": b"1800000000",
        b"widget_text": serialized(_HOME + b"/a"),
        b"cut_off": serialized(_HOME)[:-3],
    }
    rows: list[list[bytes | None]] = [
        [b"%d" % n, name, value, b"yes"] for n, (name, value) in enumerate(values.items(), 1)
    ]
    types = [("option_id", "bigint(20) unsigned"), ("option_name", "varchar(191)")]
    return _named(
        "wp_options", _table(columns, [*types, ("option_value", "longtext"), ("autoload", "varchar(20)")], rows)
    )


def _posts() -> FakeTable:
    columns = (
        "`ID` bigint(20) unsigned NOT NULL AUTO_INCREMENT, `post_date` datetime NOT NULL DEFAULT '0000-00-00 00:00:00',"
        " `post_content` longtext NOT NULL, `guid` varchar(255) NOT NULL DEFAULT '', PRIMARY KEY (`ID`)"
    )
    rows: list[list[bytes | None]] = [
        [
            b"%d" % n,
            b"0000-00-00 00:00:00",
            b'<a href="%b/%d">it\'s \\ \xf0\x9f\x8c\xb1</a>' % (_HOME, n),
            b"%b/?p=%d" % (_HOME, n),
        ]
        for n in range(10)  # the first has id 0
    ]
    types = [
        ("ID", "bigint(20) unsigned"),
        ("post_date", "datetime"),
        ("post_content", "longtext"),
        ("guid", "varchar(255)"),
    ]
    return _named("wp_posts", _table(columns, types, rows))


def _users() -> FakeTable:
    columns = (
        "`ID` bigint(20) unsigned NOT NULL AUTO_INCREMENT, `user_login` varchar(60) NOT NULL DEFAULT '',"
        " `user_pass` varchar(255) NOT NULL DEFAULT '', `user_nicename` varchar(50) NOT NULL DEFAULT '',"
        " `user_email` varchar(100) NOT NULL DEFAULT '', `user_url` varchar(100) NOT NULL DEFAULT '',"
        " `user_registered` datetime NOT NULL DEFAULT '0000-00-00 00:00:00',"
        " `user_activation_key` varchar(255) NOT NULL DEFAULT '', `user_status` int(11) NOT NULL DEFAULT 0,"
        " `display_name` varchar(250) NOT NULL DEFAULT '', PRIMARY KEY (`ID`)"
    )
    names = ("user_login", "user_pass", "user_nicename", "user_email", "user_url")
    types = [
        ("ID", "bigint(20) unsigned"),
        *((name, "varchar(255)") for name in names),
        ("user_registered", "datetime"),
    ]
    types += [("user_activation_key", "varchar(255)"), ("user_status", "int(11)"), ("display_name", "varchar(250)")]
    jose = "josé".encode()
    rows: list[list[bytes | None]] = [
        [b"1", b"admin", b"$P$B", b"admin", b"a@x.test", _HOME, b"2020-01-01 00:00:00", b"reset-key", b"0", b"Admin"],
        [b"2", jose, b"$P$C", b"jose", b"j@x.test", b"", b"0000-00-00 00:00:00", b"", b"0", jose],
    ]
    return _named("wp_users", _table(columns, types, rows))


def _usermeta() -> FakeTable:
    columns = (
        "`umeta_id` bigint(20) unsigned NOT NULL AUTO_INCREMENT, `user_id` bigint(20) unsigned NOT NULL DEFAULT 0,"
        " `meta_key` varchar(255) DEFAULT NULL, `meta_value` longtext DEFAULT NULL, PRIMARY KEY (`umeta_id`)"
    )
    types = [("umeta_id", "bigint(20) unsigned"), ("user_id", "bigint(20) unsigned")]
    rows: list[list[bytes | None]] = [
        [b"1", b"1", b"wp_capabilities", b'a:1:{s:13:"administrator";b:1;}'],
        [b"2", b"1", b"session_tokens", b"a:0:{}"],
        [b"3", b"2", b"_application_passwords", b"a:0:{}"],
        [b"4", b"2", None, None],
    ]
    return _named(
        "wp_usermeta", _table(columns, [*types, ("meta_key", "varchar(255)"), ("meta_value", "longtext")], rows)
    )


def _others() -> dict[str, FakeTable]:
    """Tables as plugins make them: no key, generated columns, kinds of values, MariaDB's ways; and views on views."""
    types = [
        ("id", "int(11)"),
        ("bits", "bit(10)"),
        ("data", "longblob"),
        ("json", "json"),
        ("choice", "enum('x','y')"),
    ]
    types += [("small", "float"), ("twice", "int(11) GENERATED"), ("text", "text")]
    kinds = (
        "`id` int(11) NOT NULL, `bits` bit(10) DEFAULT NULL, `data` longblob DEFAULT NULL, `json` json DEFAULT NULL,"
        " `choice` enum('x','y') DEFAULT NULL, `small` float DEFAULT NULL,"
        " `twice` int(11) GENERATED ALWAYS AS (`id` * 2) STORED, `text` text NOT NULL DEFAULT 'abc', PRIMARY KEY (`id`)"
    )
    everything = bytes(range(256)) + b"\\'" + _HOME
    json_value = b'{"u": "' + _HOME.replace(b"/", b"\\/") + b'\\/a"}'
    rows: list[list[bytes | None]] = [
        [b"0", b"\x02\x01", everything, json_value, b"", b"16777216", b""],
        [b"1", None, None, None, None, None, b"x"],
    ]
    values: list[bytes | None] = [b"same"] * 6 + [None]
    no_key = _table("`a` varchar(20) DEFAULT NULL", [("a", "varchar(20)")], [[value] for value in values], width=0)
    case = _table(
        "`k` varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_as_cs NOT NULL, UNIQUE KEY `k` (`k`)",
        [("k", "varchar(20)")],
        [[b"A"], [b"a"], ["ä".encode()]],
    )
    return {
        "wp_kinds": _named("wp_kinds", _table(kinds, types, rows)),
        "wp_no_key": _named("wp_no_key", no_key),
        "wp_case": _named("wp_case", case),
        "wp_a_view": FakeTable([], create="CREATE DEFINER=`x`@`y` VIEW `wp_a_view` AS select `k` from `wp_b_view`"),
        "wp_b_view": FakeTable([], create="CREATE DEFINER=`x`@`y` VIEW `wp_b_view` AS select `k` from `wp_case`"),
        "wp_c_view": FakeTable([], create="CREATE VIEW `wp_c_view` AS select `k` from `wp_nothing`"),
    }


def _trigger() -> dict[str, str]:
    body = base64.b64encode(b"SET NEW.`k` = LOWER(NEW.`k`)").decode()
    return {"name": "wp_lower", "table": "wp_case", "timing": "BEFORE", "event": "INSERT", "statement": body}
