<?php
/**
 * A CAPTCHA in the login form: without its token no password is looked at.
 */

add_action(
	'login_form',
	function () {
		echo '<div class="cf-turnstile" data-sitekey="1x00000000000000000000AA"></div>';
	}
);
add_filter(
	'authenticate',
	function ( $user, $login ) {
		return '' !== $login && empty( $_POST['cf-turnstile-response'] ) ? new WP_Error( 'captcha', 'Are you a robot?' ) : $user;
	},
	99,
	2
);
