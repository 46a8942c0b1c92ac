"""The facade at a real site whose REST API and admin-ajax are closed: the key is registered on the agent's page."""

import pytest

from api.domain.keys import new_key
from api.domain.source_login import SourceLogin
from api.source.package import build_package
from api.source.prepare import SourcePreparer
from migrator.protocol import AgentKey
from tests.agent.calls import result
from tests.agent.conftest import MakeSite
from tests.agent.hosts import HostTransport
from tests.agent.wordpress import PLUGIN, WordPress
from tests.engine.web import DOMAIN

pytestmark = pytest.mark.engine

#: A security plugin that closes both to everybody, administrators too.
CLOSED = b"""<?php
add_filter( 'rest_authentication_errors', function () {
	return new WP_Error( 'rest_disabled', 'closed', array( 'status' => 403 ) );
}, PHP_INT_MAX );
if ( defined( 'DOING_AJAX' ) ) {
	http_response_code( 403 );
	exit( 'closed' );
}
"""


def prepare(site: WordPress, host: str) -> AgentKey:
    """Prepare the site as the facade does; returns the key."""
    key = new_key()
    preparer = SourcePreparer(
        lambda: HostTransport(site.hosts.port(host)),
        build_package(PLUGIN),
        120,
        2**40,
        plain_hosts=frozenset({f"{site.name}.{DOMAIN}"}),
    )
    given = {"url": site.home, "username": "owner", "password": site.password}
    assert preparer.prepare(SourceLogin.model_validate(given), key, lambda step: None).home == site.home
    return AgentKey(key.id, key.secret)


def test_a_site_that_closes_both(make_site: MakeSite, host: str) -> None:
    site = make_site("bare")
    site.put("wp-content/mu-plugins/closed.php", CLOSED)
    key = prepare(site, host)
    with site.client(host) as client:
        assert result(client, key, "hello")["key"]["purpose"] == "clone"
        assert result(client, key, "key.revoke") == {"removed": True, "left": []}
    assert site.traces() == []
