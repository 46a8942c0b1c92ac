<?php
// As Debian's wp-config.php looks for it: one file per host name. The only thing that is not ordinary about it is that
// password and salts come from a mounted Secret.

$demo_source_password = trim( file_get_contents( '/etc/demo-source/db-password' ) );

define( 'DB_NAME', 'wordpress' );
define( 'DB_USER', 'wordpress' );
define( 'DB_PASSWORD', $demo_source_password );
define( 'DB_HOST', 'db' );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'WP_CONTENT_DIR', '/var/lib/wordpress/wp-content' );
define( 'FS_METHOD', 'direct' );
define( 'WP_POST_REVISIONS', 5 );

// Own ones for each installation, the same after every restart of it.
foreach ( array( 'AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE' ) as $demo_source_name ) {
	define( $demo_source_name . '_KEY', hash_hmac( 'sha256', $demo_source_name . '_KEY', $demo_source_password ) );
	define( $demo_source_name . '_SALT', hash_hmac( 'sha256', $demo_source_name . '_SALT', $demo_source_password ) );
}
unset( $demo_source_password, $demo_source_name );
