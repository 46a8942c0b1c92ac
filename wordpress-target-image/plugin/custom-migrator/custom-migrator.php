<?php
/**
 * Plugin Name: Custom Migrator
 * Description: Lets a copying engine read this site's files and tables over signed calls. Removes itself when its last key is revoked or has expired.
 * Version: 0.2.0
 * Requires at least: 5.2
 * Requires PHP: 7.2
 * Text Domain: custom-migrator
 * License: Apache-2.0
 * License URI: https://www.apache.org/licenses/LICENSE-2.0
 * Update URI: false
 *
 * Signed calls are answered while this file is being included: later, other plugins, REST filters and themes could change or
 * break the answer. Everything else here only registers hooks.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

// A clone carries the agent in its image and may have the plugin installed besides: the first one loaded answers.
if ( defined( __NAMESPACE__ . '\VERSION' ) ) {
	return;
}

const VERSION     = '0.2.0';
const PLUGIN_FILE = __FILE__;

// The classes that hooks use are loaded at once: a revoking call may delete this folder while a visitor's page is being made,
// and that page must not break over a class that is no longer there.
foreach ( array( 'autoload', 'class-endpoint', 'class-storage', 'class-keys', 'class-lifecycle', 'class-registration' ) as $custom_migrator_part ) {
	if ( ! is_readable( __DIR__ . "/inc/$custom_migrator_part.php" ) ) {
		return;
	}
	require_once __DIR__ . "/inc/$custom_migrator_part.php";
}
unset( $custom_migrator_part );

Endpoint::answer_when_called();

if ( Lifecycle::sweep_when_due() ) {
	return;
}

add_action( 'rest_api_init', array( Registration::class, 'register_route' ) );

if ( ! Lifecycle::is_embedded() ) {
	add_filter( 'pre_update_option_active_plugins', array( Lifecycle::class, 'keep_first' ), PHP_INT_MAX );
	register_activation_hook( __FILE__, array( Lifecycle::class, 'activate' ) );
	register_deactivation_hook( __FILE__, array( Lifecycle::class, 'forget' ) );
	if ( is_admin() && ! is_multisite() && class_exists( Settings_Page::class ) && class_exists( Settings_Work::class ) ) {
		add_action( 'admin_menu', array( Settings_Page::class, 'register' ) );
	}
}
