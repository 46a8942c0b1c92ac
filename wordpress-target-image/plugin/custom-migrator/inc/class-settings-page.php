<?php
/**
 * The page under Tools on which the site's owner sees keys and what was read with them.
 *
 * Not on a multisite, nor in a clone: there the agent is no guest that somebody has let in.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Puts the page into the menu, and shows it. No secret of a key that exists is ever shown.
 */
final class Settings_Page {

	const SLUG = 'custom-migrator';
	// Who may change options can become administrator, and could as well install a plugin of his own.
	const CAPABILITY = 'manage_options';

	/**
	 * Adds the page to the menu of those who may see it.
	 *
	 * @return void
	 */
	public static function register() {
		$title = __( 'Site copy keys', 'custom-migrator' );
		$hook  = add_management_page( $title, $title, self::CAPABILITY, self::SLUG, array( self::class, 'show' ) );
		if ( is_string( $hook ) ) {
			add_action( "load-$hook", array( Settings_Work::class, 'run' ) );
		}
	}

	/**
	 * Address of the page.
	 *
	 * @return string
	 */
	public static function url(): string {
		return admin_url( 'tools.php?page=' . self::SLUG );
	}

	/**
	 * Prints the page.
	 *
	 * @return void
	 */
	public static function show() {
		if ( ! current_user_can( self::CAPABILITY ) ) {
			return;
		}
		$read = Audit::rows();
		printf( '<div class="wrap"><h1>%s</h1>', esc_html__( 'Site copy keys', 'custom-migrator' ) );
		Settings_Work::show_outcome();
		printf(
			'<p>%s</p><p><strong>%s</strong></p>',
			esc_html__( 'Whoever holds one of these keys can read all files and tables of this site, and change nothing.', 'custom-migrator' ),
			esc_html__( 'When the last key is revoked or ends, this plugin deletes its tables, deactivates itself and deletes its folder.', 'custom-migrator' )
		);
		self::show_keys( Keys::all(), self::last_uses( $read ) );
		Settings_Forms::show_make();
		Settings_Forms::show_register();
		self::show_read( $read );
		echo '</div>';
	}

	/**
	 * The last use of each key.
	 *
	 * @param array[] $read Of Audit::rows(), the last use first.
	 * @return array[] One of the rows by the key's id.
	 */
	private static function last_uses( array $read ): array {
		$uses = array();
		foreach ( $read as $row ) {
			$uses += array( $row['key_id'] => $row );
		}
		return $uses;
	}

	/**
	 * Prints the table of keys.
	 *
	 * @param Key[]   $keys The keys.
	 * @param array[] $uses Of last_uses().
	 * @return void
	 */
	private static function show_keys( array $keys, array $uses ) {
		self::open_table(
			'custom-migrator-keys',
			array(
				__( 'Key', 'custom-migrator' ),
				__( 'Purpose', 'custom-migrator' ),
				__( 'Scope', 'custom-migrator' ),
				__( 'Created', 'custom-migrator' ),
				__( 'Ends', 'custom-migrator' ),
				__( 'Last used', 'custom-migrator' ),
				__( 'From address', 'custom-migrator' ),
				'',
			)
		);
		foreach ( $keys as $key ) {
			$use   = isset( $uses[ $key->id ] ) ? $uses[ $key->id ] : null;
			$cells = array(
				$key->id,
				self::purpose( $key->purpose ),
				'read' === $key->scope ? __( 'read only', 'custom-migrator' ) : $key->scope,
				self::time( $key->created_at ),
				null === $key->expires_at ? __( 'when it is revoked', 'custom-migrator' ) : self::time( $key->expires_at ),
				self::time( null === $use ? $key->last_used_at : (int) $use['last_at'] ),
				null === $use ? '' : $use['address'],
			);
			printf( '<tr data-key="%s">', esc_attr( $key->id ) );
			self::show_cells( $cells );
			echo '<td>';
			Settings_Forms::show_revoke( $key->id );
			echo '</td></tr>';
		}
		echo '</tbody></table>';
	}

	/**
	 * Prints the table of what was read.
	 *
	 * @param array[] $read Of Audit::rows().
	 * @return void
	 */
	private static function show_read( array $read ) {
		printf( '<h2>%s</h2>', esc_html__( 'What was read', 'custom-migrator' ) );
		self::open_table(
			'custom-migrator-read',
			array(
				__( 'Key', 'custom-migrator' ),
				__( 'Purpose', 'custom-migrator' ),
				__( 'What', 'custom-migrator' ),
				__( 'Calls', 'custom-migrator' ),
				__( 'Number', 'custom-migrator' ),
				__( 'Size', 'custom-migrator' ),
				__( 'First', 'custom-migrator' ),
				__( 'Last', 'custom-migrator' ),
				__( 'From address', 'custom-migrator' ),
			)
		);
		foreach ( $read as $row ) {
			printf( '<tr data-kind="%s">', esc_attr( $row['kind'] ) );
			self::show_cells(
				array(
					$row['key_id'],
					self::purpose( $row['purpose'] ),
					self::kind( $row['kind'] ),
					number_format_i18n( (float) $row['calls'] ),
					number_format_i18n( (float) $row['items'] ),
					(string) size_format( (float) $row['bytes'], 1 ),
					self::time( (int) $row['first_at'] ),
					self::time( (int) $row['last_at'] ),
					$row['address'],
				)
			);
			echo '</tr>';
		}
		printf(
			'</tbody></table><p>%s</p>',
			esc_html__( 'The list is added up for each key, and holds the keys that were used last. It goes with the plugin.', 'custom-migrator' )
		);
	}

	/**
	 * Opens a table.
	 *
	 * @param string   $id     Of the element.
	 * @param string[] $titles Of its columns.
	 * @return void
	 */
	private static function open_table( string $id, array $titles ) {
		printf( '<table class="widefat striped" id="%s"><thead><tr>', esc_attr( $id ) );
		foreach ( $titles as $title ) {
			printf( '<th scope="col">%s</th>', esc_html( $title ) );
		}
		echo '</tr></thead><tbody>';
	}

	/**
	 * Prints cells of a row.
	 *
	 * @param string[] $texts Not escaped yet.
	 * @return void
	 */
	private static function show_cells( array $texts ) {
		foreach ( $texts as $text ) {
			printf( '<td>%s</td>', esc_html( $text ) );
		}
	}

	/**
	 * A time as the site counts it.
	 *
	 * @param int|null $time Unix seconds.
	 * @return string
	 */
	private static function time( $time ): string {
		return null === $time ? __( 'never', 'custom-migrator' ) : get_date_from_gmt( gmdate( 'Y-m-d H:i:s', $time ) );
	}

	/**
	 * Names a purpose.
	 *
	 * @param string $purpose Of a key.
	 * @return string
	 */
	private static function purpose( string $purpose ): string {
		$names = array(
			'clone'    => __( 'one copy', 'custom-migrator' ),
			'standing' => __( 'standing', 'custom-migrator' ),
		);
		return isset( $names[ $purpose ] ) ? $names[ $purpose ] : $purpose;
	}

	/**
	 * Names a kind of reading.
	 *
	 * @param string $kind One of Audit::KINDS.
	 * @return string
	 */
	private static function kind( string $kind ): string {
		$names = array(
			'site'       => __( 'Description of the site', 'custom-migrator' ),
			'file_names' => __( 'Names and sizes of files', 'custom-migrator' ),
			'files'      => __( 'Contents of files', 'custom-migrator' ),
			'tables'     => __( 'Structure and checksums of tables', 'custom-migrator' ),
			'rows'       => __( 'Rows of tables', 'custom-migrator' ),
		);
		return isset( $names[ $kind ] ) ? $names[ $kind ] : $kind;
	}
}
