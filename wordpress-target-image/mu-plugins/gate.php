<?php
/**
 * Access "gated": nobody sees anything of the clone without its password or a login link.
 *
 * Whoever logs in gets a cookie that Apache checks too, because files are served without WordPress (apache.conf). Its
 * value is made when the container starts. The agent has answered before this is asked: its calls are signed.
 *
 * Environment: CLONE_ACCESS (open, gated), CLONE_GATE, CLONE_PATH.
 */

/** The cookie's name, in Apache's configuration as well. */
const WORDPRESS_CLONE_GATE = 'wordpress_clone_gate';

/** @return bool Whether the request has the cookie. */
function wordpress_clone_gate_is_open() {
	$cookie = isset( $_COOKIE[ WORDPRESS_CLONE_GATE ] ) ? (string) $_COOKIE[ WORDPRESS_CLONE_GATE ] : '';
	$value  = (string) getenv( 'CLONE_GATE' );
	return '' !== $value && hash_equals( $value, $cookie );
}

/** @return bool Whether the request is one for logging in. */
function wordpress_clone_is_login() {
	$script = isset( $_SERVER['SCRIPT_NAME'] ) ? $_SERVER['SCRIPT_NAME'] : '';
	if ( getenv( 'CLONE_PATH' ) . '/wp-login.php' === $script ) {
		// Who may register is nobody who has the password.
		return ! isset( $_REQUEST['action'] ) || 'register' !== $_REQUEST['action'];
	}
	return isset( $_GET['wordpress-clone-login'] );
}

/** Ends a request of somebody who has not logged in: pages lead to the login, all else is refused. */
function wordpress_clone_turn_away() {
	header( 'Cache-Control: no-store' );
	if ( in_array( $_SERVER['REQUEST_METHOD'], array( 'GET', 'HEAD' ), true ) ) {
		$back = rawurlencode( getenv( 'CLONE_ORIGIN' ) . $_SERVER['REQUEST_URI'] );
		header( 'Location: ' . getenv( 'CLONE_PATH' ) . "/wp-login.php?redirect_to=$back", true, 302 );
		exit;
	}
	http_response_code( 403 );
	header( 'Content-Type: text/plain; charset=utf-8' );
	exit( "This clone is closed. Log in first.\n" );
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

/** At the login page a login that is still good is enough, and leads back to where it was asked for. */
function wordpress_clone_renew_gate() {
	if ( ! is_user_logged_in() || wordpress_clone_gate_is_open() || isset( $_REQUEST['action'] ) ) {
		return;
	}
	wordpress_clone_open_gate();
	$back = isset( $_GET['redirect_to'] ) && is_string( $_GET['redirect_to'] ) ? wp_unslash( $_GET['redirect_to'] ) : home_url( '/' );
	wp_safe_redirect( $back );
	exit;
}

if ( 'gated' === getenv( 'CLONE_ACCESS' ) && 'cli' !== PHP_SAPI ) {
	if ( ! wordpress_clone_gate_is_open() && ! wordpress_clone_is_login() ) {
		wordpress_clone_turn_away();
	}
	add_action( 'set_logged_in_cookie', 'wordpress_clone_open_gate' );
	add_action( 'login_init', 'wordpress_clone_renew_gate' );
	add_action( 'wp_logout', 'wordpress_clone_close_gate' );
}
