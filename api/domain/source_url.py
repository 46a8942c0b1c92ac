"""The URL of a source site as a caller may give it, and when two of them are one site.

Only what a WordPress site can live under is let in: http or https, a host, perhaps a port and a path. User names in
URLs are refused (they would end up in logs), query and fragment are dropped.
"""

from urllib.parse import SplitResult, urlsplit

MAX_LENGTH = 2000
_SCRIPTS = ("/wp-login.php", "/wp-admin", "/wp-json", "/index.php")


def parse_source_url(text: str) -> str:
    """Return the URL in its plain form, without trailing slash; ValueError with a sentence if it is none."""
    parts = _checked(text)
    return f"{parts.scheme}://{_authority(parts)}{_directory(parts.path)}"


def parse_page_url(text: str) -> str:
    """Return the URL of one page of a site, path and query kept; ValueError with a sentence if it is none."""
    parts = _checked(text)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{_authority(parts)}{parts.path or '/'}{query}"


def _checked(text: str) -> SplitResult:
    if len(text) > MAX_LENGTH:
        raise ValueError(f"A URL has at most {MAX_LENGTH} characters.")
    if any(ch <= " " or ch in '\\<>"{}|^`' or "\x7f" <= ch <= "\x9f" for ch in text):
        raise ValueError("A URL has no spaces, control characters or backslashes.")
    return _split(text)


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("This is not a URL.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("A URL of a site begins with http:// or https:// and a host name.")
    if parts.username is not None or parts.password is not None:
        raise ValueError("A URL must not hold a user name or password.")
    if port == 0:
        raise ValueError("Port 0 does not exist.")
    return parts


def _authority(parts: SplitResult) -> str:
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    if parts.port is None or parts.port == default_port(parts.scheme):
        return host
    return f"{host}:{parts.port}"


def _directory(path: str) -> str:
    """Return the directory that a path to one of WordPress's own scripts is in."""
    for script in _SCRIPTS:
        head, found, tail = path.partition(script)
        if found and tail[:1] in ("", "/"):
            path = head
    return path.rstrip("/")


def default_port(scheme: str) -> int:
    """Return the port of `http` or `https`."""
    return 443 if scheme == "https" else 80


def may_receive_password(given: str, actual: str) -> bool:
    """Return whether a password given for the site `given` may be sent to the URL `actual`.

    It may where the host is the same, with or without `www.`, and encryption is not lost: the two changes that sites
    make by redirecting to their canonical address. A port may change only together with http to https.
    """
    try:
        return _is_same_site(urlsplit(given), urlsplit(actual))
    except ValueError:  # a site may declare anything as its address
        return False


def _is_same_site(one: SplitResult, other: SplitResult) -> bool:
    if other.scheme not in ("http", "https") or (one.scheme, other.scheme) == ("https", "http"):
        return False
    if _bare(one.hostname) != _bare(other.hostname):
        return False
    return one.scheme != other.scheme or _port(one) == _port(other)


def _bare(host: str | None) -> str:
    return (host or "").lower().rstrip(".").removeprefix("www.")


def _port(parts: SplitResult) -> int:
    return parts.port or default_port(parts.scheme)
