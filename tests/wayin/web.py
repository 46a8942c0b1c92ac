"""The web server of the one WordPress that all variants share: Apache with PHP, by http and by https.

The site may have its own `.htaccess`, as shared hosting lets it; the server rules of the variants stand there.
"""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import stamina

from api.source.guard import GuardedBackend
from api.source.transport import GuardedTransport
from tests.browser.network import Dialer
from tests.engine.certificates import write_certificates
from tests.engine.containers import Container, container, docker, free_port
from tests.engine.web import IMAGE, PHP_USER

HOST = "garden.test"
HERE = Path(__file__).resolve().parent
#: What the facade's resolver is told; the connection goes to the container.
PUBLIC_ADDRESS = "93.184.215.14"

_CONFIGURATION = f"""
ServerRoot /etc/apache2
DefaultRuntimeDir /tmp
PidFile /tmp/apache2.pid
ServerName {HOST}
Listen 8080
Listen 8443
IncludeOptional mods-enabled/*.load
LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
StartServers 3
MinSpareServers 2
MaxRequestWorkers 8
TypesConfig /etc/mime.types
ErrorLog /proc/self/fd/2
LogFormat "%m %U %>s %O" request
CustomLog /proc/self/fd/1 request
DocumentRoot /site
DirectoryIndex index.php
<Directory /site>
    Options FollowSymLinks
    AllowOverride All
    Require all granted
    <FilesMatch "\\.php$">
        SetHandler application/x-httpd-php
    </FilesMatch>
</Directory>
<VirtualHost *:8080>
</VirtualHost>
<VirtualHost *:8443>
    SSLEngine on
    SSLCertificateFile /tls/tls.crt
    SSLCertificateKeyFile /tls/tls.key
</VirtualHost>
"""
# Variants come and go between two requests, so nothing may be remembered of files.
_PHP_SETTINGS = """
memory_limit = 128M
max_execution_time = 30
display_errors = Off
log_errors = On
upload_max_filesize = 8M
post_max_size = 8M
opcache.revalidate_freq = 0
realpath_cache_ttl = 0
"""


@dataclass(frozen=True)
class Web:
    """A running web server.

    Args:
        ports: Where the ports 80 and 443 of HOST are on the loopback.
        site: The site's folder on this machine.
        notes: What its plugins write down, outside of the site.
    """

    container: Container
    ports: Mapping[int, int]
    site: Path
    notes: Path
    tls: ssl.SSLContext

    def way_out(self) -> GuardedBackend:
        """The facade's own way out, with its address check: HOST is a site on the internet, which answers here."""
        return GuardedBackend(frozenset(), resolver=_resolve, dialer=Dialer(self.ports.__getitem__))

    def transport(self) -> GuardedTransport:
        """The same for HTTP."""
        return GuardedTransport(self.way_out(), self.tls)

    def wait(self) -> None:
        """Wait until it answers."""
        for attempt in stamina.retry_context(on=httpx.TransportError, attempts=None, timeout=60, wait_max=0.2):
            with attempt:
                httpx.get(f"http://127.0.0.1:{self.ports[80]}/")

    def php(self, script: str, **environment: str) -> str:
        """Run a script of this folder as the user that PHP runs as; returns what it prints."""
        given = [f"--env={name}={value}" for name, value in environment.items()]
        return docker("exec", f"--user={PHP_USER}", *given, self.container.name, "php", f"/wayin/{script}")


def _resolve(_host: str, _port: int) -> list[str]:
    return [PUBLIC_ADDRESS]


@contextmanager
def running_web(folder: Path, network: str, core: Path) -> Iterator[Web]:
    """Serve `core`; `folder` is empty, and the test's own."""
    notes, tls, https = folder / "notes", folder / "tls", free_port()
    notes.mkdir()
    notes.chmod(0o777)
    write_certificates(tls, HOST)
    (folder / "apache.conf").write_text(_CONFIGURATION, encoding="utf-8")
    (folder / "php.ini").write_text(_PHP_SETTINGS, encoding="utf-8")
    mounts = {core: "/site", notes: "/notes", tls: "/tls:ro", HERE: "/wayin:ro"}
    mounts |= {folder / "apache.conf": "/etc/source/apache.conf:ro"}
    mounts |= {folder / "php.ini": "/usr/local/etc/php/wordpress-clone.ini:ro"}
    options = [f"--volume={path}:{inside}" for path, inside in mounts.items()]
    options += [f"--publish=127.0.0.1:{https}:8443", "--entrypoint=apache2"]
    with container(IMAGE, network, 8080, options, ["-f", "/etc/source/apache.conf", "-DFOREGROUND"]) as started:
        trusted = ssl.create_default_context(cafile=str(tls / "ca.crt"))
        web = Web(started, {80: started.port, 443: https}, core, notes, trusted)
        web.wait()
        yield web
