<?php
/**
 * First run: WordPress's installer, then theme and plugins. The second run then loads them like any request.
 */

require __DIR__ . '/request.php';
define( 'WP_INSTALLING', true );
define( 'WP_SITEURL', DEMO_SOURCE_URL );
require '/usr/share/wordpress/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
require_once ABSPATH . 'wp-admin/includes/plugin.php';

add_filter( 'pre_wp_mail', '__return_true' );
// `finish.sql` takes this password away again.
wp_install( 'Gärtnerei Löwenzahn', 'siteowner', 'siteowner@loewenzahn.example', true, '', wp_generate_password( 40 ) );
wp_installing( false );

switch_theme( 'demo-garden' );
foreach ( array( 'demo-events/demo-events.php', 'demo-gallery/demo-gallery.php' ) as $plugin ) {
	$error = activate_plugin( $plugin );
	if ( is_wp_error( $error ) ) {
		throw new RuntimeException( $error->get_error_message() );
	}
}
