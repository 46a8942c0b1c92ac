<?php
/**
 * A security plugin that gives the admin pages another name.
 */

$backstage_rename = function ( $url ) {
	return str_replace( '/wp-admin/', '/backstage/', $url );
};
foreach ( array( 'site_url', 'admin_url', 'wp_redirect', 'self_admin_url', 'network_admin_url' ) as $backstage_hook ) {
	add_filter( $backstage_hook, $backstage_rename );
}
