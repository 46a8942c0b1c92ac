<?php
/**
 * Stands in for a plugin of the source that knows nothing of clones: cookies for the whole host, links and redirects
 * from the root. `?source=links|cookies|redirect|json|long`.
 */

add_action(
	'init',
	function () {
		switch ( isset( $_GET['source'] ) ? $_GET['source'] : '' ) {
			case 'links':
				exit( file_get_contents( __DIR__ . '/links.html' ) );
			case 'json':
				header( 'Content-Type: application/json' );
				exit( '{"html":"<a href="/shop">"}' );
			case 'long':
				exit( str_repeat( 'text <a href="/shop">', 20000 ) . sprintf( '%d MB', memory_get_peak_usage() >> 20 ) );
			case 'cookies':
				setcookie( 'cart', '1', 0, '/', 'localhost' );
				setcookie( 'deep', '1', 0, getenv( 'CLONE_PATH' ) . '/wp-admin' );
				session_start();
				exit;
			case 'redirect':
				header( 'Location: ' . $_GET['to'], true, 302 );
				exit;
		}
	}
);
