<?php
/**
 * A site that leads every admin page to the screen that asks for the administrator's address, until it is answered or put off.
 */

add_action(
	'admin_init',
	function () {
		if ( ! wp_doing_ajax() && (int) get_option( 'admin_email_lifespan' ) < time() ) {
			wp_safe_redirect( site_url( 'wp-login.php?action=confirm_admin_email' ) );
			exit;
		}
	}
);
