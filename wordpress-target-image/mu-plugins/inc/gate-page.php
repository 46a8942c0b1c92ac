<?php
/**
 * What a stranger sees of a gated clone: a login form that needs nothing of the site, no style sheet and no script.
 */

/**
 * @param string $to     Path or URL.
 * @param int    $status HTTP status; 307 makes the browser send its form there again.
 */
function wordpress_clone_lead_to( $to, $status ) {
	header( "Location: $to", true, $status );
	exit;
}

/** @param bool $refused Whether a password was wrong. */
function wordpress_clone_show_login( $refused ) {
	http_response_code( $refused ? 403 : 200 );
	header( 'Content-Type: text/html; charset=utf-8' );
	header( 'X-Frame-Options: SAMEORIGIN' );
	echo '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
		'<title>Log in to this clone</title><style>body{font:16px sans-serif;max-width:20em;margin:15vh auto;padding:0 1em}',
		'input:not([type=checkbox]),button{font:inherit;box-sizing:border-box;width:100%;padding:.4em;margin:.3em 0 1em}</style>',
		'<h1>This clone is closed</h1>',
		$refused ? '<p role="alert">No user of this clone has this name and this password.</p>' : '',
		'<form method="post" id="loginform"><label>User name or e-mail address<input name="log" id="user_login" autocomplete="username" required></label>',
		'<label>Password<input type="password" name="pwd" id="user_pass" autocomplete="current-password" required></label>',
		'<p><label><input type="checkbox" name="rememberme" value="forever"> Remember me</label></p>',
		'<button name="wp-submit" id="wp-submit" value="Log In">Log in</button></form></html>';
	exit;
}
