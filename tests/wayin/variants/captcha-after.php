<?php
/**
 * A CAPTCHA that only comes once a password was sent, as security plugins show it to whoever comes from a new address.
 */

add_filter(
	'authenticate',
	function ( $user, $login ) {
		return '' !== $login ? new WP_Error( 'captcha', 'Are you a robot?<div class="g-recaptcha" data-sitekey="x"></div>' ) : $user;
	},
	99,
	2
);
