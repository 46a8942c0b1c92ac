"""Why an upload came to nothing, from what WordPress answered.

Its words are translated; the names of form fields, of PHP's settings, of folders and files in them are not. An upload
beyond `post_max_size` arrives without any field, so WordPress calls its nonce expired: then the limit that the page for
media gives its scripts (`wpUploaderInit`) is compared.
"""

import logging
import re

from api.domain.errors import CloneError
from api.domain.refusals.plugin import DirectoryNotWritable, FtpCredentialsNeeded, UploadRefused, UploadTooLarge
from api.domain.text import redact
from api.source.client import SourceClient
from api.source.discover import Site
from api.source.html import Document
from api.source.page import Page
from api.source.session import open_admin_page

logger = logging.getLogger(__name__)

_SAID = ("#wpbody-content .wrap", ".wp-die-message", "title")  # where WordPress writes what went wrong
_LIMITS = ("upload_max_filesize", "post_max_size", "MAX_FILE_SIZE")
_MAX_SIZE = re.compile(r'"max_file_size"\s*:\s*"(\d+)b"')
_FOLDERS = re.compile(r"/(?:plugins|upgrade|upgrade-temp-backup|uploads)/|\bwp-content/")


class UploadFailed(UploadRefused):
    """The upload came to nothing: for good, or because another one met it in the same folder."""


def upload_limit(text: str) -> int | None:
    """Return the bytes that an admin page lets its scripts upload, None if it does not say."""
    found = _MAX_SIZE.search(text)
    return int(found[1]) if found else None


def why_not_installed(client: SourceClient, site: Site, answer: Page, size: int) -> CloneError:
    """Return the error that tells why an upload of `size` bytes was answered so."""
    if _wants_ftp(answer.document):
        return FtpCredentialsNeeded()
    said = redact(next((text for text in map(answer.document.text_of, _SAID) if text), "nothing"))
    if answer.status == 413 or any(limit in said for limit in _LIMITS) or _is_beyond_limit(client, site, size):
        return UploadTooLarge()
    logger.warning("the plugin upload was answered with HTTP %d: %s", answer.status, said)
    if _FOLDERS.search(said):
        return DirectoryNotWritable()
    return UploadFailed(f"The site did not install the plugin (HTTP {answer.status}). It says: {said}")


def _wants_ftp(document: Document) -> bool:
    return bool(document.form_with("connection_type") or document.form_with("hostname", "username"))


def _is_beyond_limit(client: SourceClient, site: Site, size: int) -> bool:
    """Whether the page for media, where it can be seen, says that uploads are smaller than `size`."""
    page = open_admin_page(client, f"{site.admin}media-new.php")
    limit = upload_limit(page.text)
    return limit is not None and limit < size
