"""A container of the target image that serves a handful of files in the place of a WordPress."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import stamina

IMAGE = "wordpress-clone/target:php8.4"
NAME = "clone-20260101-120000-abcdefg"
PATH = f"/{NAME}"
ROOT = f"/var/www/html/{NAME}"

PROGRAM = "<?php echo 'ran ', $_SERVER['REQUEST_URI'], ' ', $_SERVER['HTTPS'] ?? 'plain';"
FILES = {
    "index.php": PROGRAM,
    "wp-load.php": "<?php",
    "wp-config.php": "<?php",
    "wp-login.php": PROGRAM,
    "wp-admin/index.php": PROGRAM,
    "wp-admin/install.php": PROGRAM,
    "wp-content/debug.log": "secret",
    "wp-content/mu-plugins/code.php": PROGRAM,
    "wp-content/plugins/one/code.php": PROGRAM,
    "wp-content/plugins/two/.htaccess": "Order deny,allow\nDeny from all\n",
    "wp-content/plugins/two/private.txt": "secret",
    "wp-content/plugins/three/.htaccess": (
        "LookupCache on\nphp_value memory_limit 300M\nOptions +Indexes +ExecCGI\nErrorDocument 404 gone\n"
        '<FilesMatch "\\.(txt)$">\nRequire all denied\n</FilesMatch>\nHeader always set X-Nested yes\n'
    ),
    "wp-content/plugins/three/private.txt": "secret",
    "wp-content/plugins/three/public.css": "body {}",
    "wp-content/plugins/four/.htaccess": "Require all deniedd\n",
    "wp-content/plugins/four/private.txt": "secret",
    "wp-content/themes/one/style.css": "body {}",
    "wp-content/uploads/2024/picture.jpg": "picture",
    "wp-content/uploads/2024/shell.php": PROGRAM,
    "wp-content/uploads/hostile/.htaccess": (
        "AddType application/x-httpd-php .jpg\nOptions +Indexes\nHeader always unset X-Robots-Tag\n"
        "Header unset X-Robots-Tag\n<Files shell.php>\nRequire all granted\n</Files>\n"
    ),
    "wp-content/uploads/hostile/picture.jpg": PROGRAM,
    "wp-content/uploads/if/.htaccess": (
        'Options +MultiViews\nphp_flag engine on\n<If "true">\nRequire all granted\nSatisfy Any\n'
        "Options +Indexes +MultiViews\n"
        "Header always unset X-Robots-Tag\nHeader always set Service-Worker-Allowed /\n"
        'Header always add Set-Cookie "a=b; Path=/; Domain=test"\nSetHandler application/x-httpd-php\n</If>\n'
        '<If "false">\n</If>\n<Else>\nRequire all granted\n</Else>\n'
    ),
    "wp-content/uploads/if/picture.jpg": PROGRAM,
    "wp-content/uploads/if/shell.php": PROGRAM,
    "wp-content/uploads/if/site.sql": "secret",
    "wp-content/uploads/if/.env": "secret",
    "wp-content/uploads/hostile/shell.php": PROGRAM,
    "wp-content/media/shell.phtml": PROGRAM,
    "backup/site.sql.gz": "secret",
}


def write_site(folder: Path) -> None:
    """Write the files, so that the container's user may add its loader."""
    for name, text in FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (folder / "wp-content/mu-plugins").chmod(0o777)


@contextmanager
def running_site(folder: Path, path: str = PATH) -> Iterator[httpx.Client]:
    """Serve the folder under a path, as its pod would; yields a client that follows no redirect."""
    url = f"https://s1.clone-sites.test{path}"
    environment = {"CLONE_NAME": NAME, "CLONE_PATH": path, "CLONE_URL": url, "SITE_ROOT": ROOT}
    options = ["--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", f"--volume={folder}:{ROOT}"]
    options += [f"--tmpfs={path}:uid=10001,gid=10001" for path in ("/tmp", "/run", "/var/lib/php/sessions")]
    options += [f"--env={name}={value}" for name, value in environment.items()]
    container = _docker("run", "--detach", "--rm", "--publish=127.0.0.1::8080", *options, IMAGE)
    try:
        port = _docker("port", container, "8080/tcp").rpartition(":")[2]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"Host": "s1.clone-sites.test"}) as client:
            for attempt in stamina.retry_context(on=httpx.TransportError, attempts=None, timeout=30, wait_max=0.2):
                with attempt:
                    client.get("/healthz")
            yield client
    finally:
        _docker("rm", "--force", container)


def _docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True).stdout.strip()
