"""wp-config.php, read by PHP itself; password hashes; lists as options store them."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.finalise.php import literal, read_string_list, write_string_list
from migrator.finalise.phpass import check_password, hash_password
from migrator.finalise.wp_config import WpConfig, render

URL = "http://s1.clone-sites.test:8080/clone-1"
_SHOW = """
<?php
if (!defined('MYSQLI_CLIENT_SSL')) { define('MYSQLI_CLIENT_SSL', 2048); }
if (!defined('MYSQLI_CLIENT_SSL_VERIFY_SERVER_CERT')) { define('MYSQLI_CLIENT_SSL_VERIFY_SERVER_CERT', 1 << 30); }
parse_str($argv[2], $_SERVER);
require $argv[1];
$shown = get_defined_constants(true)['user'] + ['prefix' => $table_prefix, 'https' => $_SERVER['HTTPS'] ?? ''];
echo json_encode($shown);
"""
_ENVIRONMENT = {
    "DB_NAME": "wp_clone_1",
    "DB_USER": "wp_u",
    "DB_PASSWORD": "it's \\ secret",
    "DB_HOST": "mysql.database.svc",
}


def evaluate(config: WpConfig, folder: Path, server: str = "", **environment: str) -> dict[str, Any]:
    """What PHP makes of the file: its constants, the prefix, and whether it thinks that the request came by TLS."""
    text = render(config)
    (folder / "wp-config.php").write_text(text)
    (folder / "wp-settings.php").write_text("<?php\n")
    show = folder / "show.php"
    show.write_text(_SHOW.strip())
    command = ["php", str(show), str(folder / "wp-config.php"), server]
    run = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        env={**_ENVIRONMENT, "PATH": "/usr/bin:/bin", **environment},
    )
    return dict(json.loads(run.stdout[run.stdout.index("{") :]))


def test_what_a_clone_must_be(tmp_path: Path) -> None:
    shown = evaluate(WpConfig(URL, prefix="site_", charset="utf8mb4", collate="utf8mb4_unicode_520_ci"), tmp_path)
    expected = {
        "DB_NAME": "wp_clone_1",
        "DB_USER": "wp_u",
        "DB_PASSWORD": "it's \\ secret",
        "DB_HOST": "mysql.database.svc:3306",
        "DB_CHARSET": "utf8mb4",
        "DB_COLLATE": "utf8mb4_unicode_520_ci",
        "WP_HOME": URL,
        "WP_SITEURL": URL,
        "COOKIEPATH": "/clone-1/",
        "SITECOOKIEPATH": "/clone-1/",
        "ADMIN_COOKIE_PATH": "/clone-1/wp-admin",
        "PLUGINS_COOKIE_PATH": "/clone-1/wp-content/plugins",
        "COOKIEHASH": "c23e3739f57f9b66ea1b69a6258a4984",
        "WP_ENVIRONMENT_TYPE": "staging",
        "DISABLE_WP_CRON": True,
        "WP_AUTO_UPDATE_CORE": False,
        "AUTOMATIC_UPDATER_DISABLED": True,
        "ABSPATH": f"{tmp_path}/",
        "prefix": "site_",
        "https": "",
    }
    assert {name: shown[name] for name in expected} == expected
    assert "UPLOADS" not in shown


def test_the_connection_to_mysql_is_encrypted_and_verified(tmp_path: Path) -> None:
    flags = evaluate(WpConfig(URL), tmp_path)["MYSQL_CLIENT_FLAGS"]
    ssl, verify = 2048, 1073741824  # MYSQLI_CLIENT_SSL, MYSQLI_CLIENT_SSL_VERIFY_SERVER_CERT
    assert flags == ssl | verify


def test_salts_are_long_and_differ_everywhere(tmp_path: Path) -> None:
    first, second = evaluate(WpConfig(URL), tmp_path), evaluate(WpConfig(URL), tmp_path)
    salts = [shown[name] for shown in (first, second) for name in shown if name.endswith(("_KEY", "_SALT"))]
    assert len(set(salts)) == 16
    assert {len(salt) for salt in salts} == {64}


@pytest.mark.parametrize(
    ("header", "https"), [("https", "on"), ("HTTPS", "on"), ("https,http", "on"), ("http", ""), ("", "")]
)
def test_tls_ends_at_the_load_balancer(tmp_path: Path, header: str, https: str) -> None:
    assert evaluate(WpConfig(URL), tmp_path, f"HTTP_X_FORWARDED_PROTO={header}")["https"] == https


def test_only_listed_constants_are_taken_over_as_they_are(tmp_path: Path) -> None:
    evil = "'); system('x'); //\\"
    constants: dict[str, bool | int | float | str] = {
        "WP_MEMORY_LIMIT": evil,
        "WP_POST_REVISIONS": 5,
        "MEDIA_TRASH": True,
        "WP_HOME": "x",
        "DB_HOST": "x",
        "EVIL": 1,
    }
    shown = evaluate(WpConfig(URL, constants=constants), tmp_path)
    assert (shown["WP_MEMORY_LIMIT"], shown["WP_POST_REVISIONS"], shown["MEDIA_TRASH"]) == (evil, 5, True)
    assert (shown["WP_HOME"], shown["DB_HOST"]) == (URL, "mysql.database.svc:3306")
    assert "EVIL" not in shown


def test_uploads_at_another_place(tmp_path: Path) -> None:
    assert evaluate(WpConfig(URL, uploads="wp-content/files"), tmp_path)["UPLOADS"] == "wp-content/files"


def test_no_credential_is_in_the_file() -> None:
    text = render(WpConfig(URL))
    assert all(value not in text for value in _ENVIRONMENT.values())


def test_strings_mean_the_same_to_php() -> None:
    texts = ["", "'", "\\", "\\'", "'\\", "$x {$y}", "\\n\n\t", "ü🌱", "?>", "a\\\\"]
    code = "echo json_encode([" + ",".join(map(literal, texts)) + "]);"
    run = subprocess.run(["php", "-n", "-r", code], capture_output=True, text=True, check=True)
    assert json.loads(run.stdout) == texts


def test_password_hashes() -> None:
    assert check_password("test12345", hash_password("test12345"))
    assert not check_password("test12346", hash_password("test12345"))
    assert hash_password("same") != hash_password("same")


_PHPASS = """
$itoa = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
$hash = md5('saltsalt' . $argv[1], true);
for ($n = 0; $n < 8192; $n++) { $hash = md5($hash . $argv[1], true); }
$out = ''; $i = 0;
do {
    $value = ord($hash[$i++]); $out .= $itoa[$value & 63];
    if ($i < 16) { $value |= ord($hash[$i]) << 8; }
    $out .= $itoa[($value >> 6) & 63];
    if ($i++ >= 16) { break; }
    if ($i < 16) { $value |= ord($hash[$i]) << 16; }
    $out .= $itoa[($value >> 12) & 63];
    if ($i++ >= 16) { break; }
    $out .= $itoa[($value >> 18) & 63];
} while ($i < 16);
echo '$P$Bsaltsalt' . $out;
"""


@pytest.mark.parametrize("password", ["x", "correct horse", "pässwörd 🌱"])
def test_password_hash_agrees_with_php(password: str) -> None:
    run = subprocess.run(["php", "-n", "-r", _PHPASS, "--", password], capture_output=True, text=True, check=True)
    assert hash_password(password, "saltsalt") == run.stdout


@given(st.lists(st.binary(max_size=20), max_size=5))
@settings(max_examples=100, deadline=None)
def test_string_lists(items: list[bytes]) -> None:
    assert read_string_list(write_string_list(items)) == items


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"a:1:{i:0;i:1;}",
        b'a:2:{i:0;s:1:"a";}',
        b'a:1:{i:0;s:9:"a";}',
        b'a:1:{s:1:"k";s:1:"a";}',
        b"a:0:{}x",
        b's:1:"a";',
    ],
)
def test_anything_else_is_no_string_list(value: bytes) -> None:
    assert read_string_list(value) is None


def test_keys_of_a_list_may_have_gaps() -> None:
    assert read_string_list(b'a:2:{i:3;s:1:"a";i:7;s:0:"";}') == [b"a", b""]
