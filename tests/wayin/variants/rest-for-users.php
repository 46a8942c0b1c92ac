<?php
/**
 * The REST API is closed for visitors, and pages do not tell where it is.
 */

add_filter(
	'rest_authentication_errors',
	function ( $errors ) {
		return is_user_logged_in() ? $errors : new WP_Error( 'rest_cannot_access', 'Only for users.', array( 'status' => 401 ) );
	}
);
remove_action( 'wp_head', 'rest_output_link_wp_head' );
remove_action( 'template_redirect', 'rest_output_link_header', 11 );
