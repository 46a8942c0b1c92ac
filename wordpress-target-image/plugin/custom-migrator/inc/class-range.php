<?php
/**
 * A range of a key: the rows after one place up to another.
 *
 * Unlike an offset it loses and doubles no rows while others are inserted and deleted, and costs the same for every page.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Writes the condition and the order.
 */
final class Range {

	/**
	 * Columns of the key, in order.
	 *
	 * @var Column[]
	 */
	private $key;

	/**
	 * Values of the key that the range comes after, as Column::key_sql() gave them; null to begin with the first row.
	 *
	 * @var string[]|null
	 */
	private $after;

	/**
	 * Values of the key in its last row; null to end with the last.
	 *
	 * @var string[]|null
	 */
	private $upto;

	/**
	 * Makes a range.
	 *
	 * @param Column[] $key   Columns of the key, in order.
	 * @param mixed    $after Base64 of the values that it comes after, or null.
	 * @param mixed    $upto  Base64 of the values of its last row, or null.
	 * @throws Failure `bad_request` when these do not fit the key.
	 */
	public function __construct( array $key, $after, $upto ) {
		$this->key   = $key;
		$this->after = self::place( $key, $after );
		$this->upto  = self::place( $key, $upto );
	}

	/**
	 * Decodes a place.
	 *
	 * @param Column[] $key  Columns of the key, in order.
	 * @param mixed    $place Base64 of a value for each of them, or null.
	 * @return string[]|null
	 * @throws Failure `bad_request` when it is something else.
	 */
	public static function place( array $key, $place ) {
		if ( null === $place ) {
			return null;
		}
		if ( ! is_array( $place ) || array_keys( $place ) !== array_keys( $key ) || array_filter( $place, 'is_string' ) !== $place ) {
			throw new Failure( 'bad_request', 'A place in the table does not fit its key.' );
		}
		$values = array();
		foreach ( $place as $text ) {
			$values[] = base64_decode( $text, true );
		}
		if ( in_array( false, $values, true ) ) {
			throw new Failure( 'bad_request', 'A place in the table is not base64.' );
		}
		return $values;
	}

	/**
	 * The condition of the range.
	 *
	 * @return string SQL, with a space in front; empty for the whole table.
	 * @throws Failure `bad_request` when a value does not fit its column.
	 */
	public function where(): string {
		$parts = array();
		if ( null !== $this->after ) {
			$parts[] = $this->bound( $this->after, '>', '>' );
		}
		if ( null !== $this->upto ) {
			$parts[] = $this->bound( $this->upto, '<', '<=' );
		}
		return array() === $parts ? '' : ' WHERE ' . implode( ' AND ', $parts );
	}

	/**
	 * The condition of exactly one row.
	 *
	 * @param Column[] $key    Columns of the key, in order.
	 * @param string[] $values Their values.
	 * @return string SQL.
	 * @throws Failure `bad_request` when a value does not fit its column.
	 */
	public static function row( array $key, array $values ): string {
		$parts = array();
		foreach ( $key as $index => $column ) {
			$parts[] = Connection::name( $column->name ) . ' = ' . $column->literal_sql( $values[ $index ] );
		}
		return implode( ' AND ', $parts );
	}

	/**
	 * The order of the key.
	 *
	 * @return string SQL.
	 */
	public function order(): string {
		$names = array();
		foreach ( $this->key as $column ) {
			$names[] = Connection::name( $column->name );
		}
		return implode( ', ', $names );
	}

	/**
	 * One side of the range: `a > 1`, or `((a > 1) OR (a = 1 AND b > 2))`. Written out, because MySQL uses no index for
	 * `(a, b) > (1, 2)`.
	 *
	 * @param string[] $values Values of the key.
	 * @param string   $inner  How the columns before the last are compared.
	 * @param string   $last   How the last column is compared.
	 * @return string SQL.
	 * @throws Failure `bad_request` when a value does not fit its column.
	 */
	private function bound( array $values, string $inner, string $last ): string {
		$parts = array();
		foreach ( $this->key as $index => $column ) {
			$equal   = array_slice( $this->key, 0, $index );
			$sign    = count( $this->key ) - 1 === $index ? $last : $inner;
			$compare = Connection::name( $column->name ) . " $sign " . $column->literal_sql( $values[ $index ] );
			$parts[] = array() === $equal ? $compare : self::row( $equal, $values ) . " AND $compare";
		}
		return 1 === count( $parts ) ? $parts[0] : '((' . implode( ') OR (', $parts ) . '))';
	}
}
