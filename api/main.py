"""The facade as an ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api import __version__
from api.routes import clones, platform
from api.routes.problems import install_problems
from api.routes.requests import RequestLog
from api.routes.services import Services
from api.settings import Settings
from api.wiring import build_services


def create_app(settings: Settings | None = None, *, services: Services | None = None) -> FastAPI:
    """Return the application; with `services` those are used, else they are built from `settings`."""
    if services is None:
        if settings is None:
            raise ValueError("an application needs settings or services")
        services = build_services(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        services.jobs.close()

    app = FastAPI(title="WordPress clones", version=__version__, lifespan=lifespan, redirect_slashes=False)
    app.state.services = services
    app.include_router(clones.router)
    app.include_router(platform.router)
    install_problems(app)
    app.add_middleware(RequestLog)
    return app
