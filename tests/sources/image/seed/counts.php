<?php
/**
 * Prints, as JSON, how many rows each table has: the test compares the clone with that.
 */

require __DIR__ . '/request.php';
require $source_site_files . '/wp-load.php';

$counts = array();
foreach ( $wpdb->get_col( 'SHOW TABLES' ) as $table ) {
	$counts[ $table ] = (int) $wpdb->get_var( "SELECT COUNT(*) FROM `$table`" );
}
echo wp_json_encode( $counts );
