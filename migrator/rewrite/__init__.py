"""Byte-exact rewriting of a site's URLs and paths inside any value that WordPress stores.

Layers, each pure: `spelling` (how one character or URL may be written), `urls` and `paths` (find and replace in plain
bytes, boundary-exact), `embedded` (length-prefixed strings inside text, at any escaping depth), `serialized` (walk
PHP's format without ever unserializing), `value` (which of these a value needs, with an explicit stack).
"""

from migrator.rewrite.pairs import PathPair, UrlPair
from migrator.rewrite.plain import PlainReplacer
from migrator.rewrite.value import Rewriter, RewriteStatistics

__all__ = ["PathPair", "PlainReplacer", "RewriteStatistics", "Rewriter", "UrlPair"]
