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
 * Takes rows off a stream into a payload until bytes, time or number are used up.
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
	 * Sum of their fingerprints.
	 *
	 * @var int
	 */
	private $sum = 0;

	/**
	 * The last row that was taken.
	 *
	 * @var array
	 */
	private $last = array();

	/**
	 * Makes a page. A row that is larger than the budget comes alone.
	 *
	 * @param iterable    $rows   As the writer takes them.
	 * @param Line_Writer $writer Makes lines of them.
	 * @param int         $limit  How many rows there are at most; with as many there may be more in the table.
	 * @param Budget      $budget Ends the page.
	 * @return Payload Header {rows, sum, done, last}, then the lines.
	 * @throws Failure `too_long`, `database_error`.
	 */
	public static function page( $rows, Line_Writer $writer, int $limit, Budget $budget ): Payload {
		$page  = new self();
		$lines = new Payload();
		$budget->take( self::HEADER_BYTES );
		$done    = $page->take( $rows, $writer, $lines, $budget ) && $page->count < $limit;
		$key     = $page->count > 0 ? $writer->key( $page->last ) : array();
		$payload = new Payload();
		$payload->add(
			Frame::header(
				array(
					'rows' => $page->count,
					'sum'  => 8 === PHP_INT_SIZE ? $page->sum : null,
					'done' => $done,
					'last' => array() === $key ? null : array_map( 'base64_encode', $key ),
				)
			)
		);
		$payload->append( $lines );
		$payload->items = $page->count;
		return $payload;
	}

	/**
	 * Takes rows off the stream.
	 *
	 * @param iterable    $rows   The stream.
	 * @param Line_Writer $writer Makes lines of them.
	 * @param Payload     $lines  Where they go.
	 * @param Budget      $budget Ends it.
	 * @return bool True when the stream has ended.
	 * @throws Failure `too_long`, `database_error`.
	 */
	private function take( $rows, Line_Writer $writer, Payload $lines, Budget $budget ): bool {
		$joined = '';
		$left   = $budget->left();
		$ended  = true;
		foreach ( $rows as $row ) {
			$line  = $writer->line( $row );
			$left -= strlen( $line ) + 1;
			if ( $this->count > 0 && ( $left < 0 || $budget->is_late() ) ) {
				$ended = false;
				break;
			}
			$joined .= $line;
			$joined .= "\n";
			if ( strlen( $joined ) >= Payload::PIECE ) {
				$lines->add( $joined );
				$joined = '';
			}
			$this->last = $row;
			$this->sum += $writer->fingerprint();
			++$this->count;
		}
		$lines->add( $joined );
		return $ended;
	}
}
