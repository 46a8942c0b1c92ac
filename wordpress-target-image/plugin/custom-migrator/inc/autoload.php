<?php
/**
 * Loads the plugin's classes when they are first used.
 *
 * The names stand in a list: a path is never computed from a class name, which other code may take from a visitor's input
 * (compare CVE-2023-6553).
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

spl_autoload_register(
	function ( $class_name ) {
		static $files = array(
			'Answer'         => 'class-answer.php',
			'Arguments'      => 'class-arguments.php',
			'Audit'          => 'class-audit.php',
			'Authentication' => 'class-authentication.php',
			'Budget'         => 'class-budget.php',
			'Column'         => 'class-column.php',
			'Connection'     => 'class-connection.php',
			'Database_Calls' => 'class-database-calls.php',
			'Digest'         => 'class-digest.php',
			'Endpoint'       => 'class-endpoint.php',
			'Exclusions'     => 'class-exclusions.php',
			'Failure'        => 'class-failure.php',
			'File_Calls'     => 'class-file-calls.php',
			'File_Count'     => 'class-file-count.php',
			'File_Reader'    => 'class-file-reader.php',
			'Folder'         => 'class-folder.php',
			'Frame'          => 'class-frame.php',
			'Hello'          => 'class-hello.php',
			'Key'            => 'class-key.php',
			'Key_Calls'      => 'class-key-calls.php',
			'Keys'           => 'class-keys.php',
			'Lifecycle'      => 'class-lifecycle.php',
			'Line'           => 'class-line.php',
			'Line_Writer'    => 'class-line-writer.php',
			'Link_Policy'    => 'class-link-policy.php',
			'Measure'        => 'class-measure.php',
			'Node'           => 'class-node.php',
			'Output'         => 'class-output.php',
			'Path'           => 'class-path.php',
			'Payload'        => 'class-payload.php',
			'Programs'       => 'class-programs.php',
			'Range'          => 'class-range.php',
			'Refusal'        => 'class-refusal.php',
			'Registration'   => 'class-registration.php',
			'Request'        => 'class-request.php',
			'Roots'          => 'class-roots.php',
			'Rows'           => 'class-rows.php',
			'Selection'      => 'class-selection.php',
			'Settings_Forms' => 'class-settings-forms.php',
			'Settings_Page'  => 'class-settings-page.php',
			'Settings_Work'  => 'class-settings-work.php',
			'Signature'      => 'class-signature.php',
			'Storage'        => 'class-storage.php',
			'Table'          => 'class-table.php',
			'Tables'         => 'class-tables.php',
			'Tree'           => 'class-tree.php',
			'Value'          => 'class-value.php',
			'Walk'           => 'class-walk.php',
		);

		$prefix = __NAMESPACE__ . '\\';
		$short  = 0 === strpos( $class_name, $prefix ) ? substr( $class_name, strlen( $prefix ) ) : '';
		if ( isset( $files[ $short ] ) ) {
			require_once __DIR__ . '/' . $files[ $short ];
		}
	}
);
