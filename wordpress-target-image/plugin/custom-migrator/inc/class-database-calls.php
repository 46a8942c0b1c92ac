<?php
/**
 * The operations `db.tables`, `db.rows` and `db.count`.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Reads arguments, writes statements, makes payloads.
 */
final class Database_Calls {

	const MOST_ROWS = 100000;

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
		return Payload::json( $tables->page( $after, new Budget( min( Tables::PAGE_BYTES, Budget::of_host() ) ) ) );
	}

	/**
	 * Reads a page of rows.
	 *
	 * @param Arguments $arguments table, columns, key, after, offset, max_rows, budget.
	 * @return Payload As Rows::page() makes it.
	 * @throws Failure `not_found` for an unknown table, `bad_request` for an unknown column or a key that is none, `database_error`.
	 */
	public static function db_rows( Arguments $arguments ): Payload {
		$connection = Connection::open();
		$name       = Tables::of_site( $connection )->check( $arguments->text( 'table' ) );
		$table      = Table::read( $connection, $name );
		$columns    = $table->pick( (array) $arguments->texts_or_null( 'columns' ) );
		$limit      = min( self::MOST_ROWS, $arguments->number( 'max_rows', self::MOST_ROWS, 1 ) );
		if ( array() === $columns ) {
			throw new Failure( 'bad_request', 'The argument columns is missing or wrong.' );
		}
		$sql  = self::select( $table, $columns, $arguments ) . " LIMIT $limit" . self::offset( $arguments );
		$rows = new Rows( $connection, count( $columns ) );
		return $rows->page( $sql, $limit, Budget::of_call( $arguments ) );
	}

	/**
	 * Counts rows until the time is over; at least one table.
	 *
	 * @param Arguments $arguments tables.
	 * @return Payload {counts: numbers by table name}
	 * @throws Failure `not_found` for an unknown table, `database_error`.
	 */
	public static function db_count( Arguments $arguments ): Payload {
		$connection = Connection::open();
		$tables     = Tables::of_site( $connection );
		$budget     = new Budget( Budget::MOST_BYTES );
		$counts     = array();
		foreach ( (array) $arguments->texts_or_null( 'tables' ) as $name ) {
			if ( array() !== $counts && $budget->is_late() ) {
				break;
			}
			$sql             = 'SELECT COUNT(*) AS number FROM ' . Connection::name( $tables->check( $name ) );
			$counts[ $name ] = (int) $connection->all( $sql )[0]['number'];
		}
		return Payload::json( array( 'counts' => (object) $counts ) );
	}

	/**
	 * Writes the statement but for its limit. Without a key the rows come in the order in which they are stored: no index may be
	 * used, for it would change the order from page to page.
	 *
	 * @param Table     $table     The table.
	 * @param Column[]  $columns   What is sent.
	 * @param Arguments $arguments key, after.
	 * @return string SQL.
	 * @throws Failure For a wrong argument.
	 */
	private static function select( Table $table, array $columns, Arguments $arguments ): string {
		$key    = $arguments->texts_or_null( 'key' );
		$values = array();
		foreach ( $columns as $column ) {
			$values[] = $column->value_sql();
		}
		if ( null === $key ) {
			return 'SELECT ' . implode( ', ', $values ) . ' FROM ' . Connection::name( $table->name ) . ' USE INDEX ()';
		}
		$index = $table->index_of( $key );
		$key   = $table->pick( $key );
		foreach ( $key as $column ) {
			$values[] = $column->key_sql();
		}
		return 'SELECT ' . implode( ', ', $values ) . ' FROM ' . Connection::name( $table->name )
			. ' FORCE INDEX (' . Connection::name( $index ) . ')' . self::where( $key, $arguments ) . ' ORDER BY ' . Keyset::order( $key );
	}

	/**
	 * Writes the condition of a page.
	 *
	 * @param Column[]  $key       The key.
	 * @param Arguments $arguments after.
	 * @return string SQL, with a space in front.
	 * @throws Failure `bad_request` when it does not fit the key.
	 */
	private static function where( array $key, Arguments $arguments ): string {
		$after = $arguments->texts_or_null( 'after' );
		if ( null === $after ) {
			return '';
		}
		$values = array();
		foreach ( $after as $text ) {
			$values[] = base64_decode( $text, true );
		}
		if ( count( $values ) !== count( $key ) || in_array( false, $values, true ) ) {
			throw new Failure( 'bad_request', 'The argument after is missing or wrong.' );
		}
		return ' WHERE ' . Keyset::condition( $key, $values );
	}

	/**
	 * Writes the offset, which only a table without a key takes.
	 *
	 * @param Arguments $arguments key, offset.
	 * @return string SQL, with a space in front.
	 * @throws Failure `bad_request` when both are given.
	 */
	private static function offset( Arguments $arguments ): string {
		$offset = $arguments->number( 'offset', 0, 0 );
		if ( 0 !== $offset && null !== $arguments->texts_or_null( 'key' ) ) {
			throw new Failure( 'bad_request', 'The argument offset goes without a key.' );
		}
		return 0 === $offset ? '' : " OFFSET $offset";
	}
}
