<?php
/**
 * A security plugin that gives the REST API another address, and closes the one that works everywhere.
 */

add_filter(
	'rest_url_prefix',
	function () {
		return 'api';
	}
);
if ( isset( $_GET['rest_route'] ) ) {
	status_header( 403 );
	exit( 'No.' );
}
