"""Two servers in one pod: a site that is allowed by its exact name, and a private one that tells of every connection.

The first answers on port 8080, and redirects to whatever its path says (`/to/http://…`). Nobody has any business at the
second, on port 8443.
"""

import http.server
import socket
import threading


class Site(http.server.BaseHTTPRequestHandler):
    """The allowed site."""

    def do_GET(self) -> None:
        """Answer, or redirect."""
        target = self.path.partition("/to/")[2]
        self.send_response(302 if target else 200)
        if target:
            self.send_header("Location", target)
        body = b"" if target else b"the stand-in"
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the library names it
        """Say nothing: the pod's log is the listener's."""

    do_POST = do_GET  # noqa: N815 - as the library names it


def listen() -> None:
    """Tell of connections and close them."""
    with socket.create_server(("0.0.0.0", 8443)) as server:
        while True:
            connection, (address, _) = server.accept()
            print(f"connection from {address}", flush=True)
            connection.close()


threading.Thread(target=listen, daemon=True).start()
http.server.ThreadingHTTPServer(("0.0.0.0", 8080), Site).serve_forever()
