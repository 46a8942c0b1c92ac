<?php
/**
 * As much of WordPress as registering a key needs.
 *
 * @package Custom_Migrator
 */

define( 'DB_NAME', 'wordpress' );
define( 'ARRAY_A', 'ARRAY_A' );

/**
 * A database that holds nothing: it says what GET_LOCK() and statements shall come to.
 */
final class Fake_Wpdb {

	/**
	 * WordPress's table prefix.
	 *
	 * @var string
	 */
	public $base_prefix = 'wp_';

	/**
	 * Statements that were run.
	 *
	 * @var string[]
	 */
	public $written = array();

	/**
	 * What GET_LOCK() says.
	 *
	 * @var string|null
	 */
	private $lock;

	/**
	 * What a statement comes to.
	 *
	 * @var int|false
	 */
	private $result;

	/**
	 * Makes a database.
	 *
	 * @param string|null $lock   What GET_LOCK() says.
	 * @param int|false   $result What a statement comes to: rows, or false for an error.
	 */
	public function __construct( $lock, $result ) {
		$this->lock   = $lock;
		$this->result = $result;
	}

	public function hide_errors() {
	}

	public function suppress_errors() {
	}

	public function prepare( string $sql, array $values ): string {
		return vsprintf( str_replace( '%s', "'%s'", $sql ), $values );
	}

	public function get_var( string $sql ) {
		return 0 === strpos( $sql, 'SELECT GET_LOCK' ) ? $this->lock : null;
	}

	public function get_row() {
		return null;
	}

	public function query( string $sql ) {
		if ( 0 !== strpos( $sql, 'CREATE TABLE' ) ) {
			$this->written[] = $sql;
		}
		return $this->result;
	}
}

/**
 * What a REST route answers that refuses.
 */
final class WP_Error {

	/**
	 * Its code.
	 *
	 * @var string
	 */
	public $code;

	/**
	 * Its HTTP status.
	 *
	 * @var array
	 */
	public $data;

	public function __construct( string $code, string $message, array $data ) {
		$this->code = $code;
		$this->data = $data;
	}
}
