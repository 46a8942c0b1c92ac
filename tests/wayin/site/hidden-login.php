<?php
/**
 * What login hiders share: the form answers at /backdoor/, and every link to `wp-login.php` leads there.
 *
 * @param bool $tells Whether the admin pages send visitors to the form.
 */
function hidden_login( $tells ) {
	$asked = strtok( $_SERVER['REQUEST_URI'] ?? '', '?' );
	$move  = function ( $url ) {
		return str_replace( 'wp-login.php', 'backdoor/', $url );
	};
	foreach ( array( 'site_url', 'network_site_url', 'wp_redirect' ) as $hook ) {
		add_filter( $hook, $move );
	}
	add_action(
		'wp_loaded',
		function () use ( $asked, $tells ) {
			global $error, $interim_login, $action, $user_login;
			if ( '/backdoor/' === $asked ) {
				require_once ABSPATH . 'wp-login.php';
				exit;
			}
			$is_admin = is_admin() && ! is_user_logged_in() && ! wp_doing_ajax();
			if ( '/wp-login.php' === $asked || ( $is_admin && ! $tells ) ) {
				status_header( 404 );
				exit( '<h1>This page is not here</h1>' );
			}
		}
	);
}
