<?php
/**
 * Answers the signed calls of the migration engine.
 *
 * The agent's code is part of the image. In a clone it never removes itself, whatever happens to its keys.
 */

if ( ! defined( 'CUSTOM_MIGRATOR_EMBEDDED' ) ) {
	define( 'CUSTOM_MIGRATOR_EMBEDDED', true );
}

if ( is_readable( '/opt/wordpress-clone/custom-migrator/custom-migrator.php' ) ) {
	require_once '/opt/wordpress-clone/custom-migrator/custom-migrator.php';
}
