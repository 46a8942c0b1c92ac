<?php
/**
 * WordPress's own installer, once the database answers.
 */

require __DIR__ . '/request.php';

mysqli_report( MYSQLI_REPORT_OFF );
$deadline = time() + 180;
while ( ! ( $database = @mysqli_connect( '127.0.0.1', 'wordpress', getenv( 'DB_PASSWORD' ), 'wordpress' ) ) ) {
	if ( time() > $deadline ) {
		throw new RuntimeException( 'the database does not answer: ' . mysqli_connect_error() );
	}
	usleep( 200000 );
}
// What a start that was cut off has left.
foreach ( mysqli_query( $database, 'SHOW TABLES' )->fetch_all() as $row ) {
	mysqli_query( $database, "DROP TABLE `$row[0]`" );
}
mysqli_close( $database );

define( 'WP_INSTALLING', true );
define( 'WP_SITEURL', getenv( 'SITE_URL' ) );
require $source_site_files . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

add_filter( 'pre_wp_mail', '__return_true' );
wp_install( 'Gärtnerei Löwenzahn', 'siteowner', 'siteowner@loewenzahn.example', true, '', getenv( 'ADMIN_PASSWORD' ) );
update_option( 'home', getenv( 'SITE_HOME' ) );
update_option( 'siteurl', getenv( 'SITE_URL' ) );
update_option( 'WPLANG', getenv( 'SITE_LOCALE' ) );
update_option( 'permalink_structure', getenv( 'SITE_PERMALINKS' ) );
