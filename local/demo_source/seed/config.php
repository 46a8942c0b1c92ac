<?php
// Only for the build: the server trusts the user of the operating system.
define( 'DB_NAME', 'wordpress' );
define( 'DB_USER', 'www-data' );
define( 'DB_PASSWORD', '' );
define( 'DB_HOST', 'localhost:/run/mysqld/mysqld.sock' );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'WP_CONTENT_DIR', '/var/lib/wordpress/wp-content' );
define( 'DISABLE_WP_CRON', true );
// Without it every published post schedules a search for pingbacks, which would write comments days later.
define( 'WP_IMPORTING', true );
define( 'WP_HTTP_BLOCK_EXTERNAL', true );

// Any values do: no session lasts from here into the finished site. They only keep WordPress from storing its own.
foreach ( array( 'AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE' ) as $demo_source_name ) {
	define( $demo_source_name . '_KEY', 'build' );
	define( $demo_source_name . '_SALT', 'build' );
}
