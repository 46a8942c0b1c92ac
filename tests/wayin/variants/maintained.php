<?php
/**
 * A "coming soon" plugin: visitors see a page that says when to come back, users see the site.
 */

add_action(
	'template_redirect',
	function () {
		if ( ! is_user_logged_in() ) {
			header( 'Retry-After: 3600' );
			wp_die( 'Coming soon.', 'Coming soon', array( 'response' => 503 ) );
		}
	}
);
