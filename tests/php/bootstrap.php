<?php
/**
 * Loads the plugin's classes without a WordPress: what is tested here needs none.
 *
 * Tests avoid annotations and attributes, so that every phpunit from 9 to 12 runs them.
 *
 * @package Custom_Migrator
 */

define( 'ABSPATH', sys_get_temp_dir() . '/no-wordpress-here/' );
define( 'CUSTOM_MIGRATOR_PLUGIN', dirname( __DIR__, 2 ) . '/wordpress-target-image/plugin/custom-migrator' );

/**
 * Reads a size as PHP's settings write it, like WordPress's function of this name.
 *
 * @param string $value For example `64M`.
 * @return int Bytes.
 */
function wp_convert_hr_to_bytes( $value ) {
	$units = array(
		'K' => 1024,
		'M' => 1048576,
		'G' => 1073741824,
	);
	$unit  = strtoupper( substr( $value, -1 ) );
	return (int) $value * ( isset( $units[ $unit ] ) ? $units[ $unit ] : 1 );
}

require_once CUSTOM_MIGRATOR_PLUGIN . '/inc/autoload.php';
require_once __DIR__ . '/class-folder-test-case.php';
