<?php
/**
 * Makes the site a network by WordPress's own functions, as Tools → Network Setup does.
 */

$_SERVER['HTTP_HOST']   = 'garden.test';
$_SERVER['HTTPS']       = 'on';
$_SERVER['REQUEST_URI'] = '/';
require '/site/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

foreach ( $wpdb->tables( 'ms_global' ) as $name => $table ) {
	$wpdb->$name = $table;
}
install_network();
$made = populate_network( 1, 'garden.test', 'owner@garden.test', 'The garden', '/', false );
if ( true !== $made && 'no_wildcard_dns' !== $made->get_error_code() ) {
	throw new RuntimeException( $made->get_error_message() );
}
