<?php
/**
 * Requests of the site to its own URL stay in the pod.
 *
 * Site Health, WP-Cron and the editors of plugins and themes call the site by its public URL. Out and back through the
 * load balancer that would need a way out, names and certificates of its own. So such a request goes to this pod's
 * Apache, with the headers that the load balancer would have set. No TLS, because it never leaves the machine.
 *
 * WordPress's HTTP library passes its arguments by reference to the hook used here, for each redirect again.
 */

if ( ! defined( 'WORDPRESS_CLONE_APACHE' ) ) {
	define( 'WORDPRESS_CLONE_APACHE', 'http://127.0.0.1:8080' );
}

/**
 * @param string $url    An absolute URL.
 * @param string $prefix Another one, without a slash at its end.
 * @return bool Whether the first is the second or lies below it; http and https are the same.
 */
function wordpress_clone_is_below( $url, $prefix ) {
	list( $url, $prefix ) = preg_replace( '#^https?://#i', '', array( $url, $prefix ) );

	$after = (string) substr( $url, strlen( $prefix ), 1 );
	return '' !== $prefix && 0 === stripos( $url, $prefix ) && in_array( $after, array( '', '/', '?', '#' ), true );
}

/**
 * @param string $url An absolute URL.
 * @return string|null Path and query, if the URL is this clone's own; null for all others.
 */
function wordpress_clone_own_path( $url ) {
	foreach ( array( (string) getenv( 'CLONE_URL' ), WORDPRESS_CLONE_APACHE . getenv( 'CLONE_PATH' ) ) as $own ) {
		if ( wordpress_clone_is_below( $url, $own ) ) {
			return preg_replace( '#^https?://[^/?\#]*#i', '', $url );
		}
	}
	return null;
}

/** @return string Scheme, host and port of the clone's URL. */
function wordpress_clone_origin() {
	return (string) preg_replace( '#^(https?://[^/]+).*$#i', '$1', (string) getenv( 'CLONE_URL' ) );
}

/**
 * @param string $url     Where to; changed if it is the clone's own.
 * @param array  $headers Changed as well.
 */
function wordpress_clone_stay_in_the_pod( &$url, &$headers ) {
	$path = wordpress_clone_own_path( (string) $url );
	if ( null === $path ) {
		wordpress_clone_forget_own_headers( $headers );
		return;
	}
	list( $scheme, $host ) = explode( '://', wordpress_clone_origin(), 2 );

	$url                          = WORDPRESS_CLONE_APACHE . $path;
	$headers['Host']              = $host;
	$headers['X-Forwarded-Proto'] = $scheme;
}

/**
 * After a redirect the library sends the headers of the request before; ours are nobody else's.
 *
 * @param array $headers Changed.
 */
function wordpress_clone_forget_own_headers( &$headers ) {
	if ( isset( $headers['Host'] ) && substr( wordpress_clone_origin(), -strlen( $headers['Host'] ) ) === $headers['Host'] ) {
		unset( $headers['Host'], $headers['X-Forwarded-Proto'] );
	}
}

/**
 * A redirect relative to the pod's address is one relative to the public URL.
 *
 * @param object $response The library's response.
 */
function wordpress_clone_leave_by_the_public_url( $response ) {
	if ( null === wordpress_clone_own_path( (string) $response->url ) ) {
		return;
	}
	$location      = (string) $response->headers['location'];
	$response->url = wordpress_clone_origin() . wordpress_clone_own_path( (string) $response->url );
	if ( '/' === substr( $location, 0, 1 ) && '//' !== substr( $location, 0, 2 ) ) {
		unset( $response->headers['location'] ); // setting it alone would add a second one
		$response->headers['location'] = wordpress_clone_origin() . $location;
	}
}

add_action( 'requests-requests.before_request', 'wordpress_clone_stay_in_the_pod', PHP_INT_MAX, 5 );
add_action( 'requests-requests.before_redirect_check', 'wordpress_clone_leave_by_the_public_url', 10, 4 );
