<?php
/**
 * Makes an empty WordPress in the clone's volume and database.
 *
 * It can be killed at any point and run again. `wp-load.php` is written last and says that everything else is done;
 * as long as it is missing, whatever an earlier attempt left in the database is removed first.
 *
 * Environment: CLONE_NAME, CLONE_URL, SITE_ROOT, ADMIN_PASSWORD; API_KEY may be empty.
 */

// Every other file of WordPress relies on running in the global scope, hence no function around this.
require __DIR__ . '/class-core-files.php';
require __DIR__ . '/class-empty-site.php';

$wordpress_clone_files = new WordPress_Clone\Core_Files( '/opt/wordpress', getenv( 'SITE_ROOT' ) );
$wordpress_clone_files->copy_all_but_the_mark();

WordPress_Clone\Empty_Site::pretend_request( getenv( 'CLONE_URL' ) );
WordPress_Clone\Empty_Site::make_failures_loud();
define( 'WP_INSTALLING', true );
require getenv( 'SITE_ROOT' ) . '/wp-config.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

$wordpress_clone_site = new WordPress_Clone\Empty_Site( $wpdb );
$wordpress_clone_site->drop_leftovers();
$wordpress_clone_site->install( getenv( 'CLONE_NAME' ), getenv( 'CLONE_URL' ), getenv( 'ADMIN_PASSWORD' ) );
$wordpress_clone_site->use_pretty_permalinks();
$wordpress_clone_site->register_key( (string) getenv( 'API_KEY' ) );

$wordpress_clone_files->write_the_mark();
echo 'install-wordpress: WordPress ' . $wp_version . " is installed\n";
