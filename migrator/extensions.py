"""Extensions of PHP: which of a source's are missing where its clone runs.

The clone's own list is that of the target image (`wordpress-target-image/Dockerfile`); a test of the image holds the
two together. `pcntl` is not in it: Debian's PHP has it on the command line only.
"""

from collections.abc import Iterable

_IMAGE = frozenset(
    """
    apcu bcmath calendar core ctype curl date dom exif ffi fileinfo filter ftp gd gettext hash iconv imagick intl json
    libxml mbstring mysqli mysqlnd openssl pcre pdo pdo_mysql phar posix readline reflection session shmop simplexml
    soap sockets sodium spl standard sysvmsg sysvsem sysvshm tokenizer xml xmlreader xmlwriter xsl zip zlib
    """.split()  # noqa: SIM905 - as a list it is a column of sixty lines
) | {"zend opcache"}
_SINCE_8 = frozenset({"random"})
# How PHP is run is told among its extensions.
_INTERFACES = frozenset(["apache2handler", "cgi-fcgi", "cli", "cli-server", "embed", "fpm-fcgi", "litespeed", "phpdbg"])


def of_image(php: str) -> frozenset[str]:
    """The extensions of the target image of a PHP version (`7.4`), in lower case."""
    return _IMAGE if php.startswith("7.") else _IMAGE | _SINCE_8


def missing_extensions(source: Iterable[str], php: str) -> list[str]:
    """Those of a source's extensions that its clone with PHP `php` has not; none where that is "", for unknown."""
    known = of_image(php) | _INTERFACES
    return sorted({name for name in source if name.lower() not in known}, key=str.lower) if php else []
