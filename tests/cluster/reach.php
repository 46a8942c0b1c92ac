<?php
/**
 * What a clone's own code can reach: run inside its container, where the site's PHP is.
 *
 * Arguments: `host:port` for a socket, a URL for a GET through the egress proxy. Environment: EGRESS_PROXY, EGRESS_USER,
 * EGRESS_PASSWORD. Prints one JSON object, argument => "open" or why not; for a URL the proxy's or the site's status.
 */

$found = array();
foreach ( array_slice( $argv, 1 ) as $target ) {
	if ( false === strpos( $target, '://' ) ) {
		$socket           = @stream_socket_client( "tcp://$target", $code, $why, 4 );
		$found[ $target ] = $socket ? 'open' : $why;
		continue;
	}
	$curl = curl_init( $target );
	curl_setopt_array(
		$curl,
		array(
			CURLOPT_PROXY          => getenv( 'EGRESS_PROXY' ),
			CURLOPT_PROXYUSERPWD   => getenv( 'EGRESS_USER' ) . ':' . getenv( 'EGRESS_PASSWORD' ),
			CURLOPT_RETURNTRANSFER => true,
			CURLOPT_TIMEOUT        => 30,
		)
	);
	curl_exec( $curl );
	$connected        = curl_getinfo( $curl, CURLINFO_HTTP_CONNECTCODE );
	$found[ $target ] = $connected && 200 !== $connected ? $connected : curl_getinfo( $curl, CURLINFO_RESPONSE_CODE );
}
echo json_encode( $found, JSON_UNESCAPED_SLASHES );
