<?php
/**
 * Installs WordPress with an administrator and an editor, and activates the agent; `network` makes it a multisite.
 *
 * Arguments: folder, host, password, kind.
 */

list( , $folder, $host, $password, $kind ) = $argv;

$_SERVER['HTTP_HOST']      = $host;
$_SERVER['SERVER_NAME']    = $host;
$_SERVER['REQUEST_URI']    = '/';
$_SERVER['REQUEST_METHOD'] = 'GET';
define( 'WP_INSTALLING', true );
define( 'WP_SITEURL', "http://$host" );

function wp_mail() {
	return true;
}

require "$folder/wp-load.php";
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
require_once ABSPATH . 'wp-admin/includes/plugin.php';

wp_install( 'Shop', 'owner', 'owner@source.test', true, '', $password );
wp_insert_user(
	array(
		'user_login' => 'editor',
		'user_pass'  => $password,
		'user_email' => 'editor@source.test',
		'role'       => 'editor',
	)
);

if ( 'network' === $kind ) {
	foreach ( $wpdb->tables( 'ms_global' ) as $table => $prefixed ) {
		$wpdb->$table = $prefixed;
	}
	install_network();
	populate_network( 1, $host, 'owner@source.test', 'Network', '/', false );
	file_put_contents(
		"$folder/network.php",
		"<?php define( 'MULTISITE', true ); define( 'SUBDOMAIN_INSTALL', false ); define( 'DOMAIN_CURRENT_SITE', '$host' );"
		. " define( 'PATH_CURRENT_SITE', '/' ); define( 'SITE_ID_CURRENT_SITE', 1 ); define( 'BLOG_ID_CURRENT_SITE', 1 );"
	);
}

if ( 'bare' !== $kind ) {
	$failed = activate_plugin( 'custom-migrator/custom-migrator.php' );
	if ( is_wp_error( $failed ) ) {
		fwrite( STDERR, $failed->get_error_message() );
		exit( 1 );
	}
}
