<?php
/**
 * A row as one line: what LOAD DATA reads, with its usual separators.
 *
 * Values joined by tabs; backslash, tab and line feed in them are written as `\\`, `\t`, `\n`, NULL as `\N`, nothing else is escaped.
 * A page of such lines can be loaded as it came, and a digest of it can be computed on either side.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Writes rows that were selected as Line says.
 */
final class Line_Writer {

	const BYTES   = array( '\\', "\t", "\n" );
	const ESCAPES = array( '\\\\', '\\t', '\\n' );

	/**
	 * How many values a line has.
	 *
	 * @var int
	 */
	private $width;

	/**
	 * Whether a row has more than its values.
	 *
	 * @var bool
	 */
	private $has_more;

	/**
	 * Where in a row the values of the key are.
	 *
	 * @var int[]
	 */
	private $keys;

	/**
	 * Where in a row that is which stands for a value, by the value's place.
	 *
	 * @var int[]
	 */
	private $places;

	/**
	 * The server's max_allowed_packet, in bytes.
	 *
	 * @var int
	 */
	private $packet;

	/**
	 * Fingerprint of the line that was written last.
	 *
	 * @var int
	 */
	private $fingerprint = 0;

	/**
	 * Prepares writing.
	 *
	 * @param int   $width    How many values a line has.
	 * @param int   $selected How many a row has.
	 * @param int[] $keys     Where in a row the values of the key are.
	 * @param int[] $places   Where in a row that is which stands for a value, by the value's place.
	 * @param int   $packet   The server's max_allowed_packet, in bytes.
	 */
	public function __construct( int $width, int $selected, array $keys, array $places, int $packet ) {
		$this->width    = $width;
		$this->has_more = $selected > $width;
		$this->keys     = $keys;
		$this->places   = $places;
		$this->packet   = $packet;
	}

	/**
	 * The line of a row. Most have nothing to escape, which three searches tell sooner than one look at each value.
	 *
	 * @param array $row As it was selected.
	 * @return string Without a line feed at its end.
	 * @throws Failure `too_long` when the server cannot compute its fingerprint.
	 */
	public function line( array $row ): string {
		$values = $this->has_more ? array_slice( $row, 0, $this->width ) : $row;
		$line   = implode( "\t", $values );
		if ( strlen( $line ) >= $this->packet ) {
			throw new Failure( 'too_long', 'A row is longer than the max_allowed_packet of the database server.' );
		}
		if ( false === strpos( $line, '\\' ) && false === strpos( $line, "\n" ) && substr_count( $line, "\t" ) === $this->width - 1
			&& ! in_array( null, $values, true ) ) {
			$this->fingerprint = crc32( $line );
			return $line;
		}
		return $this->escaped( $values, $row );
	}

	/**
	 * The fingerprint of the line that was written last, as Line::fingerprint() has it.
	 *
	 * @return int
	 */
	public function fingerprint(): int {
		return $this->fingerprint;
	}

	/**
	 * The values of a row's key.
	 *
	 * @param array $row As it was selected.
	 * @return string[] In order; none where there is no key.
	 */
	public function key( array $row ): array {
		$values = array();
		foreach ( $this->keys as $place ) {
			$values[] = $row[ $place ];
		}
		return $values;
	}

	/**
	 * The line of a row that has something to escape.
	 *
	 * @param array $values Values.
	 * @param array $row    The row.
	 * @return string
	 */
	private function escaped( array $values, array $row ): string {
		$written = str_replace( self::BYTES, self::ESCAPES, $values );
		foreach ( array_keys( $values, null, true ) as $index ) {
			$place             = isset( $this->places[ $index ] ) ? $row[ $this->places[ $index ] ] : null;
			$values[ $index ]  = null === $place ? '\N' : '\L' . $place;
			$written[ $index ] = $values[ $index ];
		}
		$this->fingerprint = crc32( implode( "\t", $values ) );
		return implode( "\t", $written );
	}
}
