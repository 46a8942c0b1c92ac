<?php
// What an ordinary wp-config.php says; the values are those of the pod's environment.

define( 'DB_NAME', 'wordpress' );
define( 'DB_USER', 'wordpress' );
define( 'DB_PASSWORD', getenv( 'DB_PASSWORD' ) );
define( 'DB_HOST', '127.0.0.1' );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'FS_METHOD', 'direct' );
define( 'DISABLE_WP_CRON', true );
// The site's own requests would leave the machine.
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
if ( 'debian' === getenv( 'SITE_LAYOUT' ) ) {
	define( 'WP_CONTENT_DIR', '/var/lib/wordpress/wp-content' );
} elseif ( 'wp-content' !== getenv( 'SITE_CONTENT' ) ) {
	define( 'WP_CONTENT_DIR', '/var/www/html' . getenv( 'SITE_CORE' ) . '/' . getenv( 'SITE_CONTENT' ) );
	define( 'WP_CONTENT_URL', getenv( 'SITE_URL' ) . '/' . getenv( 'SITE_CONTENT' ) );
}
foreach ( array( 'AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE' ) as $source_site_name ) {
	define( $source_site_name . '_KEY', hash( 'sha256', $source_site_name . DB_PASSWORD ) );
	define( $source_site_name . '_SALT', hash( 'sha256', DB_PASSWORD . $source_site_name ) );
}
$table_prefix = getenv( 'SITE_PREFIX' );
