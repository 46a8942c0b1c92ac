"""What machines ask: is the process alive, can it work, how is it doing; and what a problem's code means."""

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import JSONResponse

from api import __version__
from api.domain.codes import by_code
from api.domain.errors import InternalError, NotFound
from api.domain.models import CodeMeaning, Health, Readiness
from api.routes.auth import Reader
from api.routes.services import services_of

router = APIRouter(tags=["platform"])


@router.get("/health")
async def health() -> Health:
    """Tell that the process is alive."""
    return Health(version=__version__)


@router.get("/ready", responses={503: {"model": Readiness}})
def ready(request: Request) -> Response:
    """Tell whether the cluster's API and the database answer."""
    readiness = services_of(request).readiness.run()
    return JSONResponse(readiness.model_dump(), status_code=200 if readiness.ready else 503)


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request, _caller: Reader) -> Response:
    """Return figures for Prometheus."""
    return Response(services_of(request).metrics.render(), media_type=CONTENT_TYPE_LATEST)


@router.get("/problems/{code}")
async def problem(code: str) -> CodeMeaning:
    """Tell what a problem's code means: its `type` leads here."""
    kind = InternalError if code == InternalError.code else by_code().get(code)
    if kind is None:
        raise NotFound("There is no such code.")
    return CodeMeaning(code=kind.code, status=kind.status, title=kind.title, meaning=(kind.__doc__ or "").strip())
