<?php
/**
 * The operations on the database: `db.tables`, `db.measure`, `db.rows`, `db.value`, `db.digest`.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Reads arguments, makes payloads.
 */
final class Database_Calls {

	/**
	 * Describes the site's tables.
	 *
	 * @param Arguments $arguments after (name of the last table of the page before; none to begin).
	 * @return Payload JSON as Tables::page() makes it.
	 * @throws Failure `database_error`, or for a wrong argument.
	 */
	public static function db_tables( Arguments $arguments ): Payload {
		$after  = $arguments->text_or_null( 'after' );
		$tables = Tables::of_site( Connection::open() );
		$page   = $tables->page( $after, new Budget( min( Tables::PAGE_BYTES, Budget::of_host() ) ) );
		return Payload::json( $page, count( $page['tables'] ) );
	}

	/**
	 * Measures tables until the time is over; at least one.
	 *
	 * @param Arguments $arguments tables.
	 * @return Payload {tables: Measure::of() by name}; unknown ones are left out.
	 * @throws Failure `database_error`, or for a wrong argument.
	 */
	public static function db_measure( Arguments $arguments ): Payload {
		$connection = Connection::open();
		$tables     = Tables::of_site( $connection );
		$measure    = new Measure( $connection );
		$budget     = new Budget( Budget::MOST_BYTES );
		$measured   = array();
		foreach ( (array) $arguments->texts_or_null( 'tables' ) as $name ) {
			if ( array() !== $measured && $budget->is_late() ) {
				break;
			}
			if ( 'table' === $tables->type( $name ) ) {
				$measured[ $name ] = $measure->of( Table::read( $connection, $name ) );
			}
		}
		return Payload::json( array( 'tables' => (object) $measured ) );
	}

	/**
	 * Reads a page of rows.
	 *
	 * @param Arguments $arguments table, columns, key, after, upto, buckets, bucket, longest, max_rows, budget.
	 * @return Payload As Rows::page() makes it.
	 * @throws Failure `not_found` for an unknown table, `bad_request` for an unknown column or a key that is none, `too_long`, `database_error`.
	 */
	public static function db_rows( Arguments $arguments ): Payload {
		$connection = Connection::open();
		$selection  = Selection::of_call( $connection, $arguments );
		$limit      = PHP_INT_MAX;
		$budget     = Budget::of_bucket();
		if ( $selection->has_key() ) {
			$limit  = min( Selection::MOST_ROWS, $arguments->number( 'max_rows', Selection::MOST_ROWS, 1 ) );
			$budget = Budget::of_call( $arguments );
			$range  = $selection->range( $arguments->items_or_null( 'after' ), $arguments->items_or_null( 'upto' ) );
		}
		$sql    = $selection->has_key() ? $selection->page( $range, $limit ) : $selection->bucket( $arguments->number( 'bucket', 0, 0 ) );
		$stream = $connection->stream( $sql );
		try {
			return Rows::page( $stream, $selection->writer(), $limit, $budget );
		} finally {
			if ( $stream->valid() ) {
				$connection->abandon();
			}
		}
	}

	/**
	 * Reads a piece of a value.
	 *
	 * @param Arguments $arguments table, key, at, column, offset, length.
	 * @return Payload As Value::piece() makes it.
	 * @throws Failure As db_rows().
	 */
	public static function db_value( Arguments $arguments ): Payload {
		$connection = Connection::open();
		$name       = Tables::of_site( $connection )->check( $arguments->text( 'table' ) );
		$value      = new Value( Table::read( $connection, $name ), $connection->line( null ), $arguments );
		$length     = min( Budget::of_host(), $arguments->number( 'length', Budget::MOST_BYTES, 1 ) );
		return $value->piece( $connection, $arguments->number( 'offset', 0, 0 ), $length );
	}

	/**
	 * Digests ranges of a key until the time is over, at least one; or all buckets of a table without a key.
	 *
	 * @param Arguments $arguments table, columns, key, longest, ranges, buckets.
	 * @return Payload {digests: [[rows, sum]...]}
	 * @throws Failure As db_rows().
	 */
	public static function db_digest( Arguments $arguments ): Payload {
		$connection = Connection::open();
		$selection  = Selection::of_call( $connection, $arguments );
		$digest     = new Digest( $connection, $selection->fingerprint(), $selection->from() );
		if ( ! $selection->has_key() ) {
			return Payload::json( array( 'digests' => $digest->of_buckets( $selection->buckets() ) ) );
		}
		$ranges = array();
		foreach ( $arguments->items( 'ranges' ) as $ends ) {
			if ( ! is_array( $ends ) || array( 0, 1 ) !== array_keys( $ends ) ) {
				throw new Failure( 'bad_request', 'The argument ranges is missing or wrong.' );
			}
			$ranges[] = $selection->range( $ends[0], $ends[1] );
		}
		return Payload::json( array( 'digests' => $digest->of_ranges( $ranges, new Budget( Budget::MOST_BYTES ) ) ) );
	}
}
