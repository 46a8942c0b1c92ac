<?php
/**
 * A page of rows as lines.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Takes rows off a stream into a payload until bytes, time or number are used up. A site has millions of rows: a row is one string,
 * and nothing is done to it.
 */
final class Rows {

	// Kept for the header in front of the rows.
	const HEADER_BYTES = 8192;

	/**
	 * How many rows were taken.
	 *
	 * @var int
	 */
	private $count = 0;

	/**
	 * The last row that was taken.
	 *
	 * @var array
	 */
	private $last = array();

	/**
	 * Makes a page. A row that is larger than the budget comes alone.
	 *
	 * @param iterable $rows   Each a list: the line, then the values of the key.
	 * @param int      $limit  How many rows there are at most; with as many there may be more in the table.
	 * @param Budget   $budget Ends the page.
	 * @return Payload Header {rows, done, last}, then the lines.
	 * @throws Failure `too_long`, `database_error`.
	 */
	public static function page( $rows, int $limit, Budget $budget ): Payload {
		$page  = new self();
		$lines = new Payload();
		$budget->take( self::HEADER_BYTES );
		$done    = $page->take( $rows, $lines, $budget ) && $page->count < $limit;
		$key     = array_slice( $page->last, 1 );
		$payload = new Payload();
		$payload->add(
			Frame::header(
				array(
					'rows' => $page->count,
					'done' => $done,
					'last' => array() === $key ? null : array_map( 'base64_encode', $key ),
				)
			)
		);
		$payload->append( $lines );
		return $payload;
	}

	/**
	 * Takes rows off the stream.
	 *
	 * @param iterable $rows   The stream.
	 * @param Payload  $lines  Where they go.
	 * @param Budget   $budget Ends it.
	 * @return bool True when the stream has ended.
	 * @throws Failure `too_long` when the server could not make a line, `database_error`.
	 */
	private function take( $rows, Payload $lines, Budget $budget ): bool {
		$joined = '';
		$left   = $budget->left();
		$ended  = true;
		foreach ( $rows as $row ) {
			if ( null === $row[0] ) {
				throw new Failure( 'too_long', 'A row is longer than the max_allowed_packet of the database server.' );
			}
			$left -= strlen( $row[0] ) + 1;
			if ( $this->count > 0 && ( $left < 0 || $budget->is_late() ) ) {
				$ended = false;
				break;
			}
			$joined .= $row[0];
			$joined .= "\n";
			if ( strlen( $joined ) >= Payload::PIECE ) {
				$lines->add( $joined );
				$joined = '';
			}
			$this->last = $row;
			++$this->count;
		}
		$lines->add( $joined );
		return $ended;
	}
}
