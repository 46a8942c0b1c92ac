<?php
/**
 * Links that begin with a slash stay below the clone's path.
 *
 * `/shop` in a copied page means the source's root, and in a clone somebody else's path. Pages are rewritten on their
 * way out, HTML only. The buffer passes on 64 KiB at a time, so neither memory nor the first byte waits for a long
 * page or a download.
 */

require_once __DIR__ . '/inc/class-root-relative-links.php';

/**
 * @return bool Whether the response is HTML that can be read: not compressed by the site itself. PHP sends its default
 *              type where nothing was said.
 */
function wordpress_clone_sends_html() {
	$type = 'content-type: ' . ini_get( 'default_mimetype' );
	foreach ( headers_list() as $header ) {
		if ( 0 === stripos( $header, 'content-encoding:' ) ) {
			return false;
		}
		$type = 0 === stripos( $header, 'content-type:' ) ? $header : $type;
	}
	return false !== stripos( $type, 'text/html' );
}

/**
 * @param string $part  What was printed since the last call.
 * @param int    $phase PHP_OUTPUT_HANDLER_*.
 * @return string
 */
function wordpress_clone_rewrite_output( $part, $phase ) {
	static $links = null, $is_html = null;
	if ( null === $links ) {
		$links = new WordPress_Clone\Root_Relative_Links( (string) getenv( 'CLONE_PATH' ) );
	}
	if ( $phase & PHP_OUTPUT_HANDLER_CLEAN ) {
		$links->discard();
		return '';
	}
	if ( null === $is_html ) {
		$is_html = wordpress_clone_sends_html();
		$is_html && ! headers_sent() && header_remove( 'Content-Length' ); // it is another one now
	}
	return $is_html ? $links->pass( $part, (bool) ( $phase & PHP_OUTPUT_HANDLER_FINAL ) ) : $part;
}

if ( getenv( 'CLONE_PATH' ) && 'cli' !== PHP_SAPI ) {
	ob_start( 'wordpress_clone_rewrite_output', 65536 );
}
