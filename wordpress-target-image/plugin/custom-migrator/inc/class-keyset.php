<?php
/**
 * Keyset paging: the rows after a given one, in the order of a key.
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
final class Keyset {

	/**
	 * The rows after a given one: `(a > 1) OR (a = 1 AND b > 2)`. Written out, because MySQL uses no index for `(a, b) > (1, 2)`.
	 *
	 * @param Column[] $key   Columns of the key, in order.
	 * @param string[] $after Their values in the last row, as Column::key_sql() gave them.
	 * @return string SQL.
	 * @throws Failure `bad_request` when a value does not fit its column.
	 */
	public static function condition( array $key, array $after ): string {
		$equal = '';
		$parts = array();
		foreach ( $key as $index => $column ) {
			$name    = Connection::name( $column->name );
			$value   = $column->literal_sql( $after[ $index ] );
			$parts[] = "($equal$name > $value)";
			$equal  .= "$name = $value AND ";
		}
		return '(' . implode( ' OR ', $parts ) . ')';
	}

	/**
	 * The order of a key.
	 *
	 * @param Column[] $key Columns of the key, in order.
	 * @return string SQL.
	 */
	public static function order( array $key ): string {
		$names = array();
		foreach ( $key as $column ) {
			$names[] = Connection::name( $column->name );
		}
		return implode( ', ', $names );
	}
}
