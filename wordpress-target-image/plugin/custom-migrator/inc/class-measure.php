<?php
/**
 * How large a table is: its rows, its widest row, the ends of its key.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Measures a table, and goes without what the server does not say in time: all of it serves to plan the copy.
 */
final class Measure {

	const SECONDS = 5;

	/**
	 * To the database.
	 *
	 * @var Connection
	 */
	private $connection;

	/**
	 * Prepares measuring. The server itself breaks off what takes too long, where it can: MySQL counts in milliseconds.
	 *
	 * @param Connection $connection To the database.
	 */
	public function __construct( Connection $connection ) {
		$this->connection = $connection;
		$limits           = array( 'max_execution_time = ' . 1000 * self::SECONDS, 'max_statement_time = ' . self::SECONDS );
		foreach ( $limits as $limit ) {
			try {
				$connection->execute( "SET SESSION $limit" );
				return;
			} catch ( Failure $failure ) {
				continue;
			}
		}
	}

	/**
	 * Measures a table.
	 *
	 * @param Table $table The table.
	 * @return array {widest, low, high}, each null where it is not known
	 */
	public function of( Table $table ): array {
		$ends = $this->ends( $table );
		return array(
			'widest' => $this->widest( $table ),
			'low'    => null === $ends ? null : $ends['low'],
			'high'   => null === $ends ? null : $ends['high'],
		);
	}

	/**
	 * The ends of the key, if that is one column of whole numbers.
	 *
	 * @param Table $table The table.
	 * @return array|null {low, high}
	 */
	private function ends( Table $table ) {
		$key = $table->pick( (array) $table->key() );
		if ( 1 !== count( $key ) || ! $key[0]->is_integer() ) {
			return null;
		}
		$name = Connection::name( $key[0]->name );
		return $this->one( "SELECT MIN($name) AS low, MAX($name) AS high FROM " . Connection::name( $table->name ) );
	}

	/**
	 * The largest row, if there are columns that can make one large.
	 *
	 * @param Table $table The table.
	 * @return int|null Bytes in those columns.
	 */
	private function widest( Table $table ) {
		$lengths = array();
		foreach ( $table->columns() as $column ) {
			if ( $column->is_large() && ! $column->generated ) {
				$lengths[] = 'IFNULL(OCTET_LENGTH(' . Connection::name( $column->name ) . '), 0)';
			}
		}
		if ( array() === $lengths ) {
			return null;
		}
		$row = $this->one( 'SELECT MAX(' . implode( ' + ', $lengths ) . ') AS widest FROM ' . Connection::name( $table->name ) );
		return null === $row || null === $row['widest'] ? null : (int) $row['widest'];
	}

	/**
	 * Asks for one row.
	 *
	 * @param string $sql One statement.
	 * @return array|null Null when the server did not answer it, in time or at all.
	 */
	private function one( string $sql ) {
		try {
			return $this->connection->all( $sql )[0];
		} catch ( Failure $failure ) {
			return null;
		}
	}
}
