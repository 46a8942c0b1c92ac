"""The zip of an upload that WordPress did not install: it would lie in the media library for two hours."""

import json
import logging

from api.domain.errors import CloneError
from api.source.package import SLUG
from api.source.work import Work

logger = logging.getLogger(__name__)


def remove_uploaded_zips(work: Work) -> None:
    """Delete them through WordPress's own REST routes, as far as the source lets us; no error."""
    try:
        for found in _zips(work):
            work.client.send("DELETE", _url(work, f"/wp/v2/media/{found}", "force=true"), headers=_headers(work))
    except CloneError as error:
        logger.info("could not delete an uploaded zip", extra={"code": error.code, "detail": error.detail})


def _zips(work: Work) -> list[int]:
    """Return the ids of the private attachments that an upload of ours has made (`File_Upload_Upgrader`)."""
    query = f"status=private&search={SLUG}&context=edit&per_page=20&_fields=id,title"
    answer = work.client.send("GET", _url(work, "/wp/v2/media", query), headers=_headers(work))
    try:
        items = json.loads(answer.text[answer.text.find("[") :])
    except ValueError:
        return []
    ours = f"{SLUG}.zip"
    return [int(item["id"]) for item in items if item.get("title", {}).get("raw") == ours]


def _url(work: Work, route: str, query: str) -> str:
    return f"{work.site.home}/?rest_route={route}&{query}"


def _headers(work: Work) -> dict[str, str]:
    return {"X-WP-Nonce": work.nonce}
