<?php
/**
 * A page of rows as binary frames.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Streams rows from the server into a payload until bytes, time or number are used up.
 */
final class Rows {

	const NULL_VALUE = "\xFF\xFF\xFF\xFF";
	// Kept for the header in front of the rows.
	const HEADER_BYTES = 8192;

	/**
	 * To the database.
	 *
	 * @var Connection
	 */
	private $connection;

	/**
	 * How many values of a row are sent; those of the key follow them.
	 *
	 * @var int
	 */
	private $width;

	/**
	 * Values of the key in the last row that was taken.
	 *
	 * @var string[]|null
	 */
	private $last = null;

	/**
	 * How many rows were taken.
	 *
	 * @var int
	 */
	private $count = 0;

	/**
	 * Prepares a page.
	 *
	 * @param Connection $connection To the database.
	 * @param int        $width      How many values of a row are sent.
	 */
	public function __construct( Connection $connection, int $width ) {
		$this->connection = $connection;
		$this->width      = $width;
	}

	/**
	 * Reads a page. A row that is larger than the budget comes alone.
	 *
	 * @param string $sql    Selects the values to send, then those of the key.
	 * @param int    $limit  How many rows it selects at most.
	 * @param Budget $budget Ends the page.
	 * @return Payload Header {rows, done, last}, then the rows.
	 * @throws Failure `database_error`.
	 */
	public function page( string $sql, int $limit, Budget $budget ): Payload {
		$budget->take( self::HEADER_BYTES );
		$rows   = new Payload();
		$result = $this->connection->stream( $sql );
		$ended  = $this->take_rows( $result, $rows, $budget );
		if ( $ended ) {
			$result->free();
		} else {
			$this->connection->abandon();
		}
		$payload = new Payload();
		$payload->add(
			Frame::header(
				array(
					'rows' => $this->count,
					'done' => $ended && $this->count < $limit,
					'last' => $this->last,
				)
			)
		);
		$payload->append( $rows );
		return $payload;
	}

	/**
	 * Takes rows off the stream.
	 *
	 * @param \mysqli_result $result The stream.
	 * @param Payload        $rows   Where they go.
	 * @param Budget         $budget Ends it.
	 * @return bool True when the stream has ended.
	 * @throws Failure `database_error`.
	 */
	private function take_rows( \mysqli_result $result, Payload $rows, Budget $budget ): bool {
		while ( null !== ( $row = $this->connection->next( $result ) ) ) {
			$length = self::length_of( $row, $this->width );
			if ( $this->count > 0 && ( $length > $budget->left() || $budget->is_late() ) ) {
				return false;
			}
			$this->take( $row, $rows );
			$budget->take( $length );
		}
		return true;
	}

	/**
	 * Takes a row. Each value is added by itself: a large one is not copied.
	 *
	 * @param array   $row  Values in order, those of the key at the end.
	 * @param Payload $rows Where it goes.
	 * @return void
	 */
	private function take( array $row, Payload $rows ) {
		for ( $index = 0; $index < $this->width; $index++ ) {
			if ( null === $row[ $index ] ) {
				$rows->add( self::NULL_VALUE );
			} else {
				$rows->add( Frame::length( strlen( $row[ $index ] ) ) );
				$rows->add( (string) $row[ $index ] );
			}
		}
		$key        = array_slice( $row, $this->width );
		$this->last = array() === $key ? null : array_map( 'base64_encode', $key );
		++$this->count;
	}

	/**
	 * How many bytes a row takes.
	 *
	 * @param array $row   Values in order.
	 * @param int   $width How many of them are sent.
	 * @return int
	 */
	private static function length_of( array $row, int $width ): int {
		$length = 4 * $width;
		for ( $index = 0; $index < $width; $index++ ) {
			$length += null === $row[ $index ] ? 0 : strlen( $row[ $index ] );
		}
		return $length;
	}
}
