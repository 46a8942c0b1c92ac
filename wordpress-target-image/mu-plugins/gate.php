<?php
/**
 * Access "gated": nobody sees anything of the clone without its password or a login link.
 *
 * Whoever knows a password gets a cookie that Apache checks, because files are served without WordPress. Without it Apache
 * sends every request here, through WordPress's first file (apache.conf): the answer is given before plugins are loaded, so
 * no code of theirs runs for a stranger. With the cookie the login itself is WordPress's own, second factors and all: the
 * browser sends the same form again. The cookie's value is made when the container starts. The agent has answered before
 * this is asked: its calls are signed.
 *
 * Environment: CLONE_ACCESS (open, gated), CLONE_GATE, CLONE_PATH.
 */

require_once __DIR__ . '/inc/gate-page.php';

/** The cookie's name, in Apache's configuration as well. */
const WORDPRESS_CLONE_GATE = 'wordpress_clone_gate';

/** @return bool Whether the request has the cookie. */
function wordpress_clone_gate_is_open() {
	$cookie = isset( $_COOKIE[ WORDPRESS_CLONE_GATE ] ) ? (string) $_COOKIE[ WORDPRESS_CLONE_GATE ] : '';
	$value  = (string) getenv( 'CLONE_GATE' );
	return '' !== $value && hash_equals( $value, $cookie );
}

/**
 * @param string $value   The cookie's value.
 * @param int    $expires Unix seconds; 0: with the browser's session.
 */
function wordpress_clone_set_gate_cookie( $value, $expires ) {
	setcookie(
		WORDPRESS_CLONE_GATE,
		$value,
		array(
			'expires'  => $expires,
			'path'     => getenv( 'CLONE_PATH' ) . '/',
			'secure'   => is_ssl(),
			'httponly' => true,
			'samesite' => 'Lax',
		)
	);
}

/** Somebody has logged in, or had before the container was started anew. */
function wordpress_clone_open_gate() {
	wordpress_clone_set_gate_cookie( (string) getenv( 'CLONE_GATE' ), 0 );
}

/** Somebody logs out. */
function wordpress_clone_close_gate() {
	wordpress_clone_set_gate_cookie( '', 1 );
}

/** @return string Path of the login page; WordPress may be in a folder of its own. */
function wordpress_clone_login_path() {
	return (string) parse_url( site_url( 'wp-login.php' ), PHP_URL_PATH );
}

/** @return bool Whether the request is for the login page, and for nothing else that is there, such as registering. */
function wordpress_clone_is_login() {
	$action = isset( $_REQUEST['action'] ) ? $_REQUEST['action'] : 'login';
	return 'login' === $action && strtok( $_SERVER['REQUEST_URI'], '?' ) === wordpress_clone_login_path();
}

/** @return bool Whether the form was sent with a user's name, or address, and password. */
function wordpress_clone_knows_a_password() {
	if ( ! isset( $_POST['log'], $_POST['pwd'] ) || ! is_string( $_POST['log'] ) || ! is_string( $_POST['pwd'] ) ) {
		return false;
	}
	return ! is_wp_error( wp_authenticate( $_POST['log'], $_POST['pwd'] ) );
}

/** Answers the login page for somebody without the cookie. */
function wordpress_clone_answer_at_login() {
	// Comes after plugins, for them to replace its functions; this request will not get that far.
	require_once ABSPATH . WPINC . '/pluggable.php';
	wp_cookie_constants();
	$posted = 'POST' === $_SERVER['REQUEST_METHOD'];
	if ( $posted && wordpress_clone_knows_a_password() ) {
		wordpress_clone_open_gate();
		wordpress_clone_lead_to( $_SERVER['REQUEST_URI'], 307 );
	}
	// A login that is still good is enough.
	if ( wp_validate_auth_cookie( '', 'logged_in' ) ) {
		wordpress_clone_open_gate();
		$back = isset( $_GET['redirect_to'] ) && is_string( $_GET['redirect_to'] ) ? $_GET['redirect_to'] : '';
		wordpress_clone_lead_to( wp_validate_redirect( $back, home_url( '/' ) ), 302 );
	}
	wordpress_clone_show_login( $posted );
}

/** Ends a request of somebody who has not logged in: pages lead to the login, all else is refused. */
function wordpress_clone_turn_away() {
	if ( in_array( $_SERVER['REQUEST_METHOD'], array( 'GET', 'HEAD' ), true ) ) {
		$back = rawurlencode( getenv( 'CLONE_ORIGIN' ) . $_SERVER['REQUEST_URI'] );
		wordpress_clone_lead_to( wordpress_clone_login_path() . "?redirect_to=$back", 302 );
	}
	http_response_code( 403 );
	header( 'Content-Type: text/plain; charset=utf-8' );
	exit( "This clone is closed. Log in first.\n" );
}

if ( 'gated' === getenv( 'CLONE_ACCESS' ) && 'cli' !== PHP_SAPI ) {
	add_action( 'set_logged_in_cookie', 'wordpress_clone_open_gate' );
	add_action( 'wp_logout', 'wordpress_clone_close_gate' );
	// login-link.php, the next file but one, answers its own.
	if ( ! wordpress_clone_gate_is_open() && ! isset( $_GET['wordpress-clone-login'] ) ) {
		header( 'Cache-Control: no-store' );
		wordpress_clone_is_login() ? wordpress_clone_answer_at_login() : wordpress_clone_turn_away();
	}
}
