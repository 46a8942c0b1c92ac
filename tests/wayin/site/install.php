<?php
/**
 * Makes the site by WordPress's own installer: its owner, an editor, a page, and what years of visits have left.
 *
 * Environment: OWNER, OWNER_PASSWORD, EDITOR, EDITOR_PASSWORD.
 */

$_SERVER['HTTP_HOST']   = 'garden.test';
$_SERVER['HTTPS']       = 'on';
$_SERVER['REQUEST_URI'] = '/';
define( 'WP_INSTALLING', true );
require '/site/wp-config.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

add_filter( 'pre_http_request', '__return_true' );
add_filter( 'pre_wp_mail', '__return_true' );
wp_install( 'The garden', getenv( 'OWNER' ), 'owner@garden.test', true, '', getenv( 'OWNER_PASSWORD' ) );
wp_insert_user(
	array(
		'user_login' => getenv( 'EDITOR' ),
		'user_pass'  => getenv( 'EDITOR_PASSWORD' ),
		'user_email' => 'editor@garden.test',
		'role'       => 'editor',
	)
);
update_option( 'home', 'https://garden.test' );
update_option( 'siteurl', 'https://garden.test' );
$wp_rewrite->set_permalink_structure( '/%postname%/' );
$wp_rewrite->flush_rules( false );
