"""Who is calling, by bearer token (RFC 6750), and may they? Routes take their caller as a parameter of these types."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.domain.errors import Forbidden, Unauthenticated
from api.domain.tokens import Caller
from api.routes.services import services_of

_bearer = HTTPBearer(auto_error=False, description="A token whose hash stands in the tokens file.")


class Scope:
    """A dependency of routes: the caller, if it has this scope."""

    def __init__(self, scope: str) -> None:
        self._scope = scope

    def __call__(
        self, request: Request, bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
    ) -> Caller:
        """Return the caller; raises Unauthenticated or Forbidden."""
        if bearer is None:
            raise Unauthenticated("Send a token of this service as 'Authorization: Bearer …'.")
        caller = services_of(request).authenticator.authenticate(bearer.credentials)
        request.state.caller = caller.name
        if self._scope not in caller.scopes:
            raise Forbidden(f"This call needs the scope '{self._scope}', which the token has not.")
        return caller


Reader = Annotated[Caller, Depends(Scope("read"))]
Cloner = Annotated[Caller, Depends(Scope("clone"))]
