<?php
/**
 * Plugins that tie a site to its host, or hide its login, are not active in a clone.
 *
 * A clone's login is at wp-login.php, and the caches that a host's plugin purges are not here. The list of active
 * plugins is answered without them, and written with them: the row in the database stays what the source has, so a
 * restore activates nothing less. Drop-ins and the hosts' must-use plugins are files, which the import moves.
 */

/** @return string[] Folders of plugins. */
function wordpress_clone_set_aside_plugins() {
	return array(
		// SiteGround.
		'sg-cachepress',
		'sg-security',
		// Login hiders.
		'change-wp-admin-login',
		'easy-hide-login',
		'hide-login-page',
		'hide-my-wp',
		'lws-hide-login',
		'protect-wp-admin',
		'rename-wp-login',
		'sf-move-login',
		'wp-hide-security-enhancer',
		'wps-hide-login',
	);
}

/**
 * @param string $plugin Folder and file of a plugin.
 * @return bool
 */
function wordpress_clone_is_set_aside( $plugin ) {
	return in_array( strtok( (string) $plugin, '/' ), wordpress_clone_set_aside_plugins(), true );
}

/**
 * Takes plugins out of the stored list, or says which those are.
 *
 * @param mixed $stored   The option's value.
 * @param bool  $by_key   The network's list has the plugins as keys.
 * @param bool  $the_rest Return what stays instead of what goes.
 * @return mixed
 */
function wordpress_clone_part_of( $stored, $by_key, $the_rest ) {
	if ( ! is_array( $stored ) ) {
		return $the_rest ? $stored : array();
	}
	$wanted = function ( $plugin ) use ( $the_rest ) {
		return wordpress_clone_is_set_aside( $plugin ) !== $the_rest;
	};
	$part = array_filter( $stored, $wanted, $by_key ? ARRAY_FILTER_USE_KEY : 0 );
	return $by_key ? $part : array_values( $part );
}

/**
 * @param mixed $stored Plugins of the site.
 * @return mixed
 */
function wordpress_clone_active_plugins( $stored ) {
	$GLOBALS['wordpress_clone_set_aside'] = wordpress_clone_part_of( $stored, false, false );
	return wordpress_clone_part_of( $stored, false, true );
}

/**
 * @param mixed $stored Plugins of the network.
 * @return mixed
 */
function wordpress_clone_network_plugins( $stored ) {
	$GLOBALS['wordpress_clone_network_set_aside'] = wordpress_clone_part_of( $stored, true, false );
	return wordpress_clone_part_of( $stored, true, true );
}

/**
 * @param mixed $value Plugins as they are to be written.
 * @return mixed Plugins, with those that nobody saw.
 */
function wordpress_clone_write_active_plugins( $value ) {
	$unseen = isset( $GLOBALS['wordpress_clone_set_aside'] ) ? $GLOBALS['wordpress_clone_set_aside'] : array();
	return is_array( $value ) ? array_values( array_unique( array_merge( $value, $unseen ) ) ) : $value;
}

/**
 * @param mixed $value Plugins of the network as they are to be written.
 * @return mixed Plugins, with those that nobody saw.
 */
function wordpress_clone_write_network_plugins( $value ) {
	$name = 'wordpress_clone_network_set_aside';
	return is_array( $value ) && isset( $GLOBALS[ $name ] ) ? $value + $GLOBALS[ $name ] : $value;
}

/**
 * @param string[] $actions Links below a plugin's name.
 * @param string   $plugin  Folder and file of the plugin.
 * @return string[]
 */
function wordpress_clone_explain_set_aside( $actions, $plugin ) {
	if ( wordpress_clone_is_set_aside( $plugin ) ) {
		unset( $actions['activate'] );
		$actions['set-aside'] = 'Set aside in this clone';
	}
	return $actions;
}

add_filter( 'option_active_plugins', 'wordpress_clone_active_plugins', PHP_INT_MAX );
add_filter( 'pre_update_option_active_plugins', 'wordpress_clone_write_active_plugins', PHP_INT_MAX );
add_filter( 'site_option_active_sitewide_plugins', 'wordpress_clone_network_plugins', PHP_INT_MAX );
add_filter( 'pre_update_site_option_active_sitewide_plugins', 'wordpress_clone_write_network_plugins', PHP_INT_MAX );
add_filter( 'plugin_action_links', 'wordpress_clone_explain_set_aside', PHP_INT_MAX, 2 );
