<?php
// What WordPress.org would say of a plugin: there is a new version, and where.
add_filter(
	'site_transient_update_plugins',
	function ( $updates ) {
		$updates           = is_object( $updates ) ? $updates : new stdClass();
		$updates->response = array(
			'tested/tested.php' => (object) array(
				'slug'        => 'tested',
				'plugin'      => 'tested/tested.php',
				'new_version' => '2.0',
				'package'     => content_url( 'uploads/tested-2.zip' ),
			),
		);
		return $updates;
	}
);
