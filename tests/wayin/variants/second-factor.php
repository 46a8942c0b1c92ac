<?php
/**
 * A second factor as the plugin Two-Factor has it: the password is right, the session is taken back, and a code is asked for.
 */

add_action(
	'set_auth_cookie',
	function ( $cookie, $expire, $expiration, $user_id, $scheme, $token ) {
		$GLOBALS['second_factor_token'] = $token;
	},
	10,
	6
);
add_action(
	'wp_login',
	function ( $login, $user ) {
		WP_Session_Tokens::get_instance( $user->ID )->destroy( $GLOBALS['second_factor_token'] );
		wp_clear_auth_cookie();
		login_header( 'One more step' );
		?>
		<form name="validate_2fa_form" id="loginform" action="<?php echo esc_url( site_url( 'wp-login.php?action=validate_2fa' ) ); ?>" method="post">
			<input type="hidden" name="wp-auth-id" value="<?php echo (int) $user->ID; ?>">
			<label>Code of your device <input type="tel" name="authcode" autocomplete="one-time-code"></label>
			<input type="submit" value="Go on">
		</form>
		<?php
		login_footer( 'authcode' );
		exit;
	},
	PHP_INT_MAX,
	2
);
