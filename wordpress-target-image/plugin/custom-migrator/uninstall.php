<?php
/**
 * Removes the agent's tables and option when an administrator deletes the plugin.
 *
 * Deactivation has done so already; this covers a plugin whose deactivation hook did not run (deactivated silently, or while
 * its files were unreadable).
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) || ! defined( 'WP_UNINSTALL_PLUGIN' ) ) {
	exit;
}

require_once __DIR__ . '/inc/class-storage.php';
require_once __DIR__ . '/inc/class-lifecycle.php';

Lifecycle::forget();
