"""Where the files of a source come to lie in a clone, and the URLs and paths that change with that.

A source may keep content, plugins and uploads anywhere; a clone always has WordPress's own layout: content in
wp-content, plugins in wp-content/plugins, mu-plugins in wp-content/mu-plugins. Uploads keep their place below content,
and come to wp-content/uploads if they lay elsewhere.
"""

from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from migrator.errors import SourceDataInvalid
from migrator.local.tree import WORKING_DIRECTORY
from migrator.rewrite.pairs import PathPair, UrlPair, path_pairs, url_pairs
from migrator.site import Site

CONTENT = "wp-content"
_LONGEST_NAME = 255  # bytes; what Linux file systems take
# Written by us, or meant for the source's web server only. The agent leaves them out; a source is not trusted: it may
# also list a directory of that name, which would stand in our way.
_NEVER_COPIED = {b"wp-config.php", b".htaccess", b".user.ini", b".maintenance", WORKING_DIRECTORY}


@dataclass(frozen=True)
class Layout:
    """Directories of a clone, relative to its root, by the name of the source's root."""

    directories: dict[str, bytes]
    uploads: str

    @classmethod
    def of(cls, site: Site) -> "Layout":
        """The layout of the clone of a site."""
        uploads = _uploads(site)
        known = {
            "core": "",
            "content": CONTENT,
            "plugins": f"{CONTENT}/plugins",
            "mu_plugins": f"{CONTENT}/mu-plugins",
            "uploads": uploads,
        }
        walked = {name for name, _ in site.roots_to_walk}
        return cls({name: path.encode() for name, path in known.items() if name in walked}, uploads)

    def place(self, root: str, encoded: str) -> bytes | None:
        """Where a source's file comes to lie, relative to the clone's root; None if it is never copied.

        Args:
            root: One of the source's roots.
            encoded: The path below it, percent-encoded.

        Raises SourceDataInvalid for a path that leads anywhere but below the root.
        """
        path = unquote_to_bytes(encoded)
        segments = path.split(b"/")
        if b"\0" in path or any(s in (b"", b".", b"..") or len(s) > _LONGEST_NAME for s in segments):
            raise SourceDataInvalid("The source lists a path that cannot be one of its files.")
        if root == "core" and segments[0] in _NEVER_COPIED:
            return None
        directory = self.directories.get(root)
        if directory is None:
            raise SourceDataInvalid("The source lists a directory that it did not announce.")
        return directory + b"/" + path if directory else path


def _uploads(site: Site) -> str:
    content, uploads = site.roots.content.rstrip("/"), site.roots.uploads.rstrip("/")
    below = uploads.removeprefix(content + "/") if uploads.startswith(content + "/") else ""
    plain = below.isascii() and not {"'", "\\"} & set(below)
    if plain and all(s not in ("", ".", "..") and len(s) <= _LONGEST_NAME for s in below.split("/")):
        return f"{CONTENT}/{below}"
    return f"{CONTENT}/uploads"


def url_changes(site: Site, layout: Layout, clone_url: str, source_url: str) -> list[UrlPair]:
    """URLs of the source and what they become, in order of precedence; last the one under which we were sent there."""
    wordpress, content = site.wordpress, f"{clone_url}/{CONTENT}"
    return url_pairs(
        [
            (wordpress.home, clone_url),
            (wordpress.siteurl, clone_url),
            (wordpress.content_url, content),
            (wordpress.plugins_url, f"{content}/plugins"),
            (wordpress.mu_plugins_url, f"{content}/mu-plugins"),
            (wordpress.uploads_url, f"{clone_url}/{layout.uploads}"),
            (source_url, clone_url),
        ]
    )


def path_changes(site: Site, layout: Layout, site_root: str) -> list[PathPair]:
    """Directories of the source and what they become, in order of precedence."""
    roots, content = site.roots, f"{site_root}/{CONTENT}"
    return path_pairs(
        [
            (roots.core, site_root),
            (roots.content, content),
            (roots.plugins, f"{content}/plugins"),
            (roots.mu_plugins, f"{content}/mu-plugins"),
            (roots.uploads, f"{site_root}/{layout.uploads}"),
        ]
    )
