<?php
/**
 * Stands where a web server would list this folder.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}
