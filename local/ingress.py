"""Asking the ingress on the host's loopback, also where /etc/hosts does not have the names.

A ready pod is not yet a reachable one: the ingress controller looks for new endpoints twice a second, and the network's
agent has to let it through.
"""

from __future__ import annotations

import http.client
import time

from local.errors import LocalError
from local.settings import HTTP_PORT


def status(host: str, path: str, *, port: int = HTTP_PORT) -> int | None:
    """Status of the answer to a GET; None when there is none within five seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": f"{host}:{port}"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def wait_answer(host: str, path: str, *, seconds: float, port: int = HTTP_PORT) -> None:
    """Wait until a GET is answered with 200.

    Raises:
        LocalError: it is not, within that many seconds.
    """
    deadline = time.monotonic() + seconds
    while (last := status(host, path, port=port)) != http.client.OK:
        if time.monotonic() > deadline:
            raise LocalError(f"http://{host}:{port}{path} does not answer 200 over the ingress (last: {last})")
        time.sleep(0.2)
