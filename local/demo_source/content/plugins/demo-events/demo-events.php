<?php
/**
 * Plugin Name: Demo Events
 * Description: A calendar with a table of its own. Its columns and options hold URLs the way real plugins store them: plain, serialized, as JSON, and serialized inside serialized.
 * Version: 1.2.0
 * Requires PHP: 7.4
 * License: Apache-2.0
 */

defined( 'ABSPATH' ) || exit;

require __DIR__ . '/class-demo-events-table.php';
require __DIR__ . '/class-demo-events-view.php';

register_activation_hook( __FILE__, array( 'Demo_Events_Table', 'create' ) );
add_action( 'init', array( 'Demo_Events_View', 'register' ) );
