<?php
/**
 * The REST API is closed for everybody, administrators too.
 */

add_filter(
	'rest_authentication_errors',
	function () {
		return new WP_Error( 'rest_disabled', 'The REST API is closed.', array( 'status' => 403 ) );
	},
	PHP_INT_MAX
);
