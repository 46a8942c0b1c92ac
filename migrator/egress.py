"""The way out of a clone's pod: one proxy, which lets an import to its own source and nowhere else.

For https httpx asks the proxy for a tunnel, and gets its refusal as an error; for plain http the proxy answers itself,
in a response that Squid marks with a header. A site could set that header too: then its own copy fails.
"""

import ssl

import httpx

from migrator.errors import MigrationError, SettingsInvalid, SourceAddressRefused, SourceUnreachable
from migrator.settings import ImportSettings

LIMITS = httpx.Limits(max_connections=16, max_keepalive_connections=16, keepalive_expiry=4.0)
_MARK = "X-Squid-Error"
_DOWN = "down"
_REFUSED = ("403", "400")  # 400: httpcore forgets the brackets of an IPv6 address when it asks for a tunnel


class ProxiedTransport(httpx.HTTPTransport):
    """Sends requests through a proxy, and raises httpx.ProxyError for all that the proxy says itself.

    Its text begins with the status of the proxy's answer; `proxy_failure` knows what that means.
    """

    def __init__(self, tls: ssl.SSLContext, proxy: httpx.Proxy) -> None:
        super().__init__(verify=tls, proxy=proxy, limits=LIMITS)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; a connection that cannot be made is the one to the proxy, for the proxy makes the other."""
        try:
            response = super().handle_request(request)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            if isinstance(getattr(error.__cause__, "__cause__", None), ssl.SSLError):
                raise  # the source's, inside the tunnel
            raise httpx.ProxyError(_DOWN) from error
        if _MARK in response.headers:
            response.close()
            raise httpx.ProxyError(str(response.status_code))
        return response


def proxy_of(settings: ImportSettings) -> httpx.Proxy:
    """The proxy with this clone's credential."""
    return httpx.Proxy(settings.egress_proxy, auth=(settings.egress_user, settings.egress_password.get_secret_value()))


def proxy_failure(text: str) -> MigrationError:
    """What an error of `ProxiedTransport` means."""
    if text.startswith(_REFUSED):
        return SourceAddressRefused(
            "The egress proxy refuses the source: its address is private or reserved, or its port is not for the web. "
            "Only sites with public addresses can be cloned."
        )
    if text.startswith("407"):
        return SettingsInvalid(
            "The egress proxy refuses this clone's credential: was the egress key replaced? Make the clone again.",
            code="EGRESS_CREDENTIAL_REFUSED",
        )
    if text == _DOWN:
        return SourceUnreachable("The egress proxy does not answer.", code="EGRESS_PROXY_UNREACHABLE")
    return SourceUnreachable("The source cannot be reached: its name does not resolve, or its server does not answer.")
