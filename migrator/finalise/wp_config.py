"""Write a clone's wp-config.php; nobody else writes it.

Credentials are not in the file: it reads them from the environment of the web server. Salts are the clone's own, so
that no cookie of the source is valid here; cookie names and paths are its own too, because clones share a host.
Of the source's constants only an allow-list is taken over, as literals.
"""

import hashlib
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from migrator.finalise.php import literal
from migrator.layout import CONTENT
from migrator.site import Scalar

CARRIED_OVER = (
    "ALLOW_UNFILTERED_UPLOADS",
    "AUTOSAVE_INTERVAL",
    "COMPRESS_CSS",
    "COMPRESS_SCRIPTS",
    "CONCATENATE_SCRIPTS",
    "CUSTOM_TAGS",
    "CUSTOM_USER_META_TABLE",
    "CUSTOM_USER_TABLE",
    "DISALLOW_FILE_EDIT",
    "DISALLOW_UNFILTERED_HTML",
    "EMPTY_TRASH_DAYS",
    "IMAGE_EDIT_OVERWRITE",
    "MEDIA_TRASH",
    "WPLANG",
    "WP_DEFAULT_THEME",
    "WP_MAX_MEMORY_LIMIT",
    "WP_MEMORY_LIMIT",
    "WP_POST_REVISIONS",
)
_SALTS = [f"{scheme}_{part}" for part in ("KEY", "SALT") for scheme in ("AUTH", "SECURE_AUTH", "LOGGED_IN", "NONCE")]
_SALT_ALPHABET = string.ascii_letters + string.digits + "!#%()*+,-./:;<=>?@[]^_{|}~"

_DATABASE = """\
// The database's address and credentials come with the container, not with the file.
define( 'DB_NAME', getenv( 'DB_NAME' ) );
define( 'DB_USER', getenv( 'DB_USER' ) );
define( 'DB_PASSWORD', getenv( 'DB_PASSWORD' ) );
define( 'DB_HOST', getenv( 'DB_HOST' ) . ':' . ( getenv( 'DB_PORT' ) ? getenv( 'DB_PORT' ) : '3306' ) );
// Encrypted, and the server's certificate verified.
if ( defined( 'MYSQLI_CLIENT_SSL' ) ) {
	define( 'MYSQL_CLIENT_FLAGS', MYSQLI_CLIENT_SSL | MYSQLI_CLIENT_SSL_VERIFY_SERVER_CERT );
}
"""
_PROXY = """\
// TLS ends at the load balancer in front of us.
if ( isset( $_SERVER['HTTP_X_FORWARDED_PROTO'] ) && 0 === stripos( $_SERVER['HTTP_X_FORWARDED_PROTO'], 'https' ) ) {
	$_SERVER['HTTPS'] = 'on';
}
"""
_END = """\
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
"""


@dataclass(frozen=True)
class WpConfig:
    """What the file says. `uploads`: directory of the uploads relative to the clone's root."""

    clone_url: str
    prefix: str = "wp_"
    charset: str = "utf8mb4"
    collate: str = ""
    uploads: str = f"{CONTENT}/uploads"
    constants: Mapping[str, Scalar] = field(default_factory=dict)


def render(config: WpConfig) -> str:
    """The file's text, with new salts at each call."""
    return "\n".join(
        [
            "<?php\n// Written by the migrator for this clone.\n",
            _DATABASE + _defines({"DB_CHARSET": config.charset, "DB_COLLATE": config.collate}),
            f"$table_prefix = {literal(config.prefix)};\n",
            "// The clone's own salts: no cookie of the source is valid here.\n" + _defines(_new_salts()),
            _defines(_own(config)),
            _defines(_carried(config.constants)),
            _PROXY,
            _END,
        ]
    )


def _own(config: WpConfig) -> dict[str, Scalar]:
    path = urlsplit(config.clone_url).path.rstrip("/") + "/"
    own: dict[str, Scalar] = {
        "WP_HOME": config.clone_url,
        "WP_SITEURL": config.clone_url,
        "COOKIEHASH": hashlib.md5(config.clone_url.encode(), usedforsecurity=False).hexdigest(),
        "COOKIEPATH": path,
        "SITECOOKIEPATH": path,
        "ADMIN_COOKIE_PATH": f"{path}wp-admin",
        "PLUGINS_COOKIE_PATH": f"{path}{CONTENT}/plugins",
        "WP_ENVIRONMENT_TYPE": "staging",
        "DISABLE_WP_CRON": True,
        "WP_AUTO_UPDATE_CORE": False,
        "AUTOMATIC_UPDATER_DISABLED": True,
    }
    if config.uploads != f"{CONTENT}/uploads":
        own["UPLOADS"] = config.uploads
    return own


def _carried(constants: Mapping[str, Scalar]) -> dict[str, Scalar]:
    return {name: constants[name] for name in CARRIED_OVER if name in constants}


def _new_salts() -> dict[str, Scalar]:
    return {name: "".join(secrets.choice(_SALT_ALPHABET) for _ in range(64)) for name in _SALTS}


def _defines(constants: Mapping[str, Scalar]) -> str:
    return "".join(f"define( {literal(name)}, {literal(value)} );\n" for name, value in constants.items())
