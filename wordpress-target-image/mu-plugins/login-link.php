<?php
/**
 * One-time login links: whoever has one is logged in, once, within the minute that it is good for.
 *
 * The facade makes a token, and leaves its SHA-256 with a login and an expiry in the clone's database. The link has the
 * token behind its `#`, which browsers keep to themselves: it is in no log and no referrer. The page behind the link
 * sends it by POST, and only that uses it up; whatever looks at links ahead does no harm.
 *
 * Answered before plugins are loaded: one that asks for a second factor would stop the one who asked for this link, and
 * a stranger to a gated clone is to set off none of their code.
 *
 * Table `_migrator_login`: token_hash CHAR(64) hex, primary key; user_login; expires_at in unix seconds.
 */

/**
 * Uses up a token.
 *
 * @param string $token What the browser sent.
 * @return WP_User|null Who it is for; null if it is unknown, used or expired.
 */
function wordpress_clone_redeem( $token ) {
	global $wpdb;
	$hash = hash( 'sha256', $token );
	// The table is there only once somebody has asked for a link.
	$shown = $wpdb->suppress_errors( true );
	$login = $wpdb->get_var(
		$wpdb->prepare( 'SELECT user_login FROM _migrator_login WHERE token_hash = %s AND expires_at > UNIX_TIMESTAMP()', $hash )
	);
	// Of two requests at once, one deletes the row.
	$deleted = $wpdb->query( $wpdb->prepare( 'DELETE FROM _migrator_login WHERE token_hash = %s', $hash ) );
	$wpdb->suppress_errors( $shown );
	$user = null !== $login && 1 === $deleted ? get_user_by( 'login', $login ) : false;
	return $user ? $user : null;
}

/**
 * @param int    $status HTTP status.
 * @param string $body   HTML.
 */
function wordpress_clone_login_page( $status, $body ) {
	status_header( $status );
	nocache_headers();
	header( 'Content-Type: text/html; charset=utf-8' );
	header( 'Referrer-Policy: no-referrer' );
	echo '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Log in to this clone</title>', $body, '</html>';
	exit;
}

/** @return string The form that sends the token, by itself where the browser runs scripts. */
function wordpress_clone_login_form() {
	return '<form method="post"><label>Login token <input name="token" autocomplete="off" required></label> <button>Log in</button></form>'
		. '<script>var f = document.forms[0], t = location.hash.slice(1);'
		. 'history.replaceState(null, "", location.pathname + location.search); if (t) { f.token.value = t; f.submit(); }</script>';
}

/** Answers the link, and ends the request. */
function wordpress_clone_login_link() {
	if ( ! isset( $_POST['token'] ) || ! is_string( $_POST['token'] ) ) {
		wordpress_clone_login_page( 200, wordpress_clone_login_form() );
	}
	// Comes after plugins, for them to replace its functions; this request will not get that far.
	require_once ABSPATH . WPINC . '/pluggable.php';
	wp_cookie_constants();
	$user = wordpress_clone_redeem( $_POST['token'] );
	if ( null === $user ) {
		wordpress_clone_login_page( 403, '<p>This login link has been used, or its minute is over. Ask for a new one.</p>' );
	}
	wp_set_auth_cookie( $user->ID, false, is_ssl() );
	wp_safe_redirect( admin_url() );
	exit;
}

if ( isset( $_GET['wordpress-clone-login'] ) && 'cli' !== PHP_SAPI ) {
	wordpress_clone_login_link();
}
