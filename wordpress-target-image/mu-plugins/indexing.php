<?php
/**
 * Search engines stay away from a clone.
 *
 * The option `blog_public` is answered, not changed: the row in the database stays what the source has.
 */

/** @return string The option's value for "discourage search engines". */
function wordpress_clone_blog_public() {
	return '0';
}

/** Apache sets the same header on every response, files included; this one holds for other web servers too. */
function wordpress_clone_robots_header() {
	if ( ! headers_sent() ) {
		header( 'X-Robots-Tag: noindex, nofollow' );
	}
}

/**
 * @param array<string, bool|string> $robots Directives of the page.
 * @return array<string, bool|string>
 */
function wordpress_clone_robots( $robots ) {
	unset( $robots['index'], $robots['follow'] );
	return array_merge( $robots, array( 'noindex' => true, 'nofollow' => true ) );
}

add_filter( 'pre_option_blog_public', 'wordpress_clone_blog_public', PHP_INT_MAX );
add_filter( 'wp_robots', 'wordpress_clone_robots', PHP_INT_MAX );
add_action( 'send_headers', 'wordpress_clone_robots_header', PHP_INT_MAX );
add_action( 'admin_init', 'wordpress_clone_robots_header' );
add_action( 'login_init', 'wordpress_clone_robots_header' );
