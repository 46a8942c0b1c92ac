<?php
/**
 * A database that answers what it is told to.
 *
 * @package Custom_Migrator
 */

use Custom_Migrator\Failure;

/**
 * A connection that was never opened.
 */
final class Fake_Database extends mysqli {

	/**
	 * Statements so far.
	 *
	 * @var string[]
	 */
	public $statements = array();

	/**
	 * Answers: rows by a part of the statement; null for an error.
	 *
	 * @var array
	 */
	private $answers;

	/**
	 * Makes a database.
	 *
	 * @param array $answers Rows by a part of the statement; null for an error.
	 */
	public function __construct( array $answers ) {
		$this->answers = $answers;
	}

	#[\ReturnTypeWillChange]
	public function query( $query, $result_mode = MYSQLI_STORE_RESULT ) {
		$this->statements[] = $query;
		foreach ( $this->answers as $part => $rows ) {
			if ( false !== strpos( $query, $part ) && null === $rows ) {
				throw new Failure( 'database_error', '3024' );
			}
			if ( false !== strpos( $query, $part ) ) {
				return new Fake_Result( $rows );
			}
		}
		return new Fake_Result( array() );
	}
}

/**
 * Rows of a statement.
 */
final class Fake_Result {

	/**
	 * Rows that are left.
	 *
	 * @var array[]
	 */
	private $rows;

	public function __construct( array $rows ) {
		$this->rows = $rows;
	}

	public function fetch_assoc() {
		return array_shift( $this->rows );
	}

	public function free() {
	}
}
