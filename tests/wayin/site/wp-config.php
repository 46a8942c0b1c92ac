<?php
define( 'DB_NAME', '{account.database}' );
define( 'DB_USER', '{account.user}' );
define( 'DB_PASSWORD', '{account.password}' );
define( 'DB_HOST', '{host}' );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'DB_COLLATE', '' );
define( 'DISABLE_WP_CRON', true );
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
define( 'WP_HOME', ( isset( $_SERVER['HTTPS'] ) ? 'https' : 'http' ) . '://garden.test' );
define( 'WP_SITEURL', WP_HOME );
foreach ( array( 'AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE' ) as $name ) {{
	define( $name . '_KEY', "key of $name" );
	define( $name . '_SALT', "salt of $name" );
}}
$table_prefix = 'wp_';
if ( is_file( __DIR__ . '/wp-config-variant.php' ) ) {{
	require __DIR__ . '/wp-config-variant.php';
}}
if ( ! defined( 'ABSPATH' ) ) {{
	define( 'ABSPATH', __DIR__ . '/' );
}}
require_once ABSPATH . 'wp-settings.php';
