"""What routes work with, built once by `api.wiring` and kept on the application."""

from dataclasses import dataclass
from typing import cast

from fastapi import Request

from api.cloning.change import CloneChanger
from api.cloning.create import CloneCreator
from api.cloning.describe import CloneDescriber
from api.cloning.jobs import JobPool
from api.cloning.login_link import LoginLinkMaker
from api.cloning.remove import CloneRemover
from api.routes.metrics import Metrics
from api.routes.readiness import ReadinessCheck
from api.routes.tokens import Authenticator


@dataclass(frozen=True)
class Services:
    """All of it; `sync_seconds` and `delete_seconds` are how long calls wait before they answer 202."""

    creator: CloneCreator
    describer: CloneDescriber
    login_links: LoginLinkMaker
    changer: CloneChanger
    remover: CloneRemover
    jobs: JobPool
    authenticator: Authenticator
    readiness: ReadinessCheck
    metrics: Metrics
    sync_seconds: float
    delete_seconds: float


def services_of(request: Request) -> Services:
    """Return the services of the application that handles `request`."""
    return cast(Services, request.app.state.services)
