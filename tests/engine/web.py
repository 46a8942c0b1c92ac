"""The source's web server: Apache with PHP, as many sites as there are folders, one host name each."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import stamina

from tests.engine.containers import Container, container, docker

IMAGE = "wordpress-clone/target:php8.4"
DOMAIN = "source.test"
#: The user that PHP runs as in the image.
PHP_USER = 10001

_CONFIGURATION = """
ServerRoot /etc/apache2
DefaultRuntimeDir /tmp
PidFile /tmp/apache2.pid
ServerName source.test
Listen 8080
IncludeOptional mods-enabled/*.load
LoadModule vhost_alias_module /usr/lib/apache2/modules/mod_vhost_alias.so
StartServers 4
MinSpareServers 2
MaxRequestWorkers 16
TypesConfig /etc/mime.types
ErrorLog /proc/self/fd/2
LogFormat "%m %U %>s %O" request
CustomLog /proc/self/fd/1 request
UseCanonicalName Off
# shop.source.test is served from /sites/shop.
VirtualDocumentRoot /sites/%1
DirectoryIndex index.php
<Directory /sites>
    Options FollowSymLinks
    AllowOverride None
    Require all granted
    <FilesMatch "\\.php$">
        SetHandler application/x-httpd-php
    </FilesMatch>
</Directory>
# A site on a host that gives little.
<Directory /sites/limited>
    php_admin_value memory_limit 64M
    php_admin_value max_execution_time 20
    php_admin_value post_max_size 2M
    php_admin_value open_basedir /sites/limited:/tmp
</Directory>
"""
#: Values as shared hosts have them.
_PHP_SETTINGS = """
memory_limit = 128M
max_execution_time = 30
display_errors = Off
log_errors = On
disable_functions = exec, passthru, popen, proc_open, set_time_limit, shell_exec, system
"""
# A container that was killed leaves its process id behind, and Apache would wait for that process.
_START = "rm -f /tmp/apache2.pid; exec apache2 -f /etc/source/apache.conf -DFOREGROUND"


@dataclass(frozen=True)
class Web:
    """A running web server; `folder` holds its sites."""

    container: Container
    folder: Path

    def wait(self) -> None:
        """Wait until it answers."""
        for attempt in stamina.retry_context(on=httpx.TransportError, attempts=None, timeout=60, wait_max=0.2):
            with attempt:
                httpx.get(f"http://127.0.0.1:{self.container.port}/")

    def kill_workers(self) -> None:
        """End the processes that PHP runs in; Apache's parent stays and makes new ones."""
        for process, parent in self._processes():
            if parent in {number for number, _ in self._processes()}:
                _kill(process)

    def sent(self) -> int:
        """Bytes sent in all, headers too, as Apache logged them."""
        lines = docker("logs", self.container.name).splitlines()
        words = [line.split() for line in lines if line.startswith("POST ")]
        return sum(int(word[-1]) for word in words)

    def _processes(self) -> list[tuple[int, int]]:
        lines = docker("top", self.container.name, "-o", "pid,ppid").splitlines()[1:]
        return [(int(number), int(parent)) for number, parent in map(str.split, lines)]


def _kill(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return


@contextmanager
def running_web(folder: Path, network: str) -> Iterator[Web]:
    """Serve folder/sites; the folder is the test's own."""
    sites = folder / "sites"
    sites.mkdir()
    (folder / "apache.conf").write_text(_CONFIGURATION, encoding="utf-8")
    (folder / "php.ini").write_text(_PHP_SETTINGS, encoding="utf-8")
    options = [
        f"--volume={sites}:/sites",
        f"--volume={folder / 'apache.conf'}:/etc/source/apache.conf:ro",
        f"--volume={folder / 'php.ini'}:/usr/local/etc/php/wordpress-clone.ini:ro",
        "--entrypoint=bash",
    ]
    with container(IMAGE, network, 8080, options, ["-c", _START]) as started:
        web = Web(started, sites)
        web.wait()
        yield web


def copy_core(folder: Path) -> None:
    """Copy WordPress out of the image into a folder that is not there yet."""
    name = docker("create", IMAGE)
    try:
        docker("cp", f"{name}:/opt/wordpress", str(folder))
    finally:
        docker("rm", name)
