<?php
/**
 * A clone calls nobody but WordPress.org, its own URL, and the hosts that its maker has allowed.
 *
 * Payment services, mail services, licence servers and webhooks would take its calls for the original's. A refused call
 * gets an error that says why, at once, so that pages do not wait for a connection that the network refuses anyway.
 * Asked twice: for each request, and for each redirect that it follows. Code that opens connections by itself (cURL,
 * sockets) does not come by here; the cluster's egress proxy, with the same list, is the net for that.
 *
 * Environment: ALLOW_HOSTS, names separated by spaces or commas, and CLONE_URL.
 */

/** @return string[] Host names, in lower case. */
function wordpress_clone_allowed_hosts() {
	$more = preg_split( '/[\s,]+/', strtolower( (string) getenv( 'ALLOW_HOSTS' ) ), -1, PREG_SPLIT_NO_EMPTY );
	return array_merge( array( 'api.wordpress.org', 'downloads.wordpress.org', 's.w.org', 'wordpress.org' ), $more );
}

/**
 * @param string $url An absolute URL.
 * @return string Host name in lower case; empty if the URL has none.
 */
function wordpress_clone_host_of( $url ) {
	return rtrim( strtolower( (string) parse_url( $url, PHP_URL_HOST ) ), '.' );
}

/**
 * @param string $url An absolute URL.
 * @return string Why it may not be called; empty if it may.
 */
function wordpress_clone_refusal( $url ) {
	$host = wordpress_clone_host_of( $url );
	if ( wordpress_clone_own_path( $url ) !== null || in_array( $host, wordpress_clone_allowed_hosts(), true ) ) {
		return '';
	}
	return "Not sent: this site is a clone, and $host is not among the hosts that it may call.";
}

/**
 * @param mixed  $answer    False, or what another plugin answers in the place of the server.
 * @param array  $arguments Of the request.
 * @param string $url       Where to.
 * @return mixed The same, or an error.
 */
function wordpress_clone_refuse_request( $answer, $arguments, $url ) {
	$why = false === $answer ? wordpress_clone_refusal( (string) $url ) : '';
	return '' === $why ? $answer : new WP_Error( 'wordpress_clone_refused', $why );
}

/**
 * Redirects are followed inside the library, which knows this hook only.
 *
 * @param string $url Where to.
 * @throws Exception Of the library's own kind: WordPress makes a WP_Error of it.
 */
function wordpress_clone_refuse_redirect( $url ) {
	$why = wordpress_clone_refusal( (string) $url );
	if ( '' !== $why ) {
		// WordPress 6.2 has the library's second version.
		$kind = class_exists( 'WpOrg\Requests\Exception' ) ? 'WpOrg\Requests\Exception' : 'Requests_Exception';
		throw new $kind( $why, 'wordpress_clone_refused' );
	}
}

add_filter( 'pre_http_request', 'wordpress_clone_refuse_request', PHP_INT_MAX, 3 );
// After WordPress's own hooks, before loopback.php gives the request its address in the pod.
add_action( 'requests-requests.before_request', 'wordpress_clone_refuse_redirect', 1, 1 );
