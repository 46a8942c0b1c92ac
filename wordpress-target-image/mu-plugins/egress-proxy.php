<?php
/**
 * WordPress's requests leave by the cluster's egress proxy, which is the only way out of the pod.
 *
 * These constants are what WordPress itself and many plugins look at. Code that uses cURL by itself finds the same proxy
 * in the environment (bin/entrypoint). Which hosts the proxy lets this clone to is the cluster's decision.
 *
 * Environment: EGRESS_PROXY, EGRESS_USER, EGRESS_PASSWORD; without the first there is no proxy.
 */

$wordpress_clone_proxy = parse_url( (string) getenv( 'EGRESS_PROXY' ) );
if ( isset( $wordpress_clone_proxy['host'], $wordpress_clone_proxy['port'] ) && ! defined( 'WP_PROXY_HOST' ) ) {
	define( 'WP_PROXY_HOST', $wordpress_clone_proxy['host'] );
	define( 'WP_PROXY_PORT', $wordpress_clone_proxy['port'] );
	define( 'WP_PROXY_USERNAME', (string) getenv( 'EGRESS_USER' ) );
	define( 'WP_PROXY_PASSWORD', (string) getenv( 'EGRESS_PASSWORD' ) );
}
