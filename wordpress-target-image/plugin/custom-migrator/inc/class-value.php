<?php
/**
 * One value, in pieces: those that are too long for a line.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Reads bytes of a value as they travel, not escaped.
 */
final class Value {

	/**
	 * Expression of its bytes.
	 *
	 * @var string
	 */
	private $bytes;

	/**
	 * Its column.
	 *
	 * @var string
	 */
	private $name;

	/**
	 * Where it is: FROM and WHERE, SQL.
	 *
	 * @var string
	 */
	private $place;

	/**
	 * Finds a value.
	 *
	 * @param Table     $table     Its table.
	 * @param Line      $line      How rows are written.
	 * @param Arguments $arguments column, key, at.
	 * @throws Failure `bad_request` for an unknown column, a key that is none or a place that does not fit it.
	 */
	public function __construct( Table $table, Line $line, Arguments $arguments ) {
		$names = $arguments->texts( 'key' );
		$index = Connection::name( $table->index_of( $names ) );
		$key   = $table->pick( $names );

		$column      = $table->pick( array( $arguments->text( 'column' ) ) )[0];
		$this->bytes = $line->bytes( $column );
		$this->name  = Connection::name( $column->name );
		$this->place = ' FROM ' . Connection::name( $table->name ) . " FORCE INDEX ($index) WHERE "
			. Range::row( $key, Range::place( $key, $arguments->items( 'at' ) ) );
	}

	/**
	 * The statement that reads a piece.
	 *
	 * @param int $offset In bytes.
	 * @param int $length In bytes.
	 * @return string SQL.
	 */
	public function sql( int $offset, int $length ): string {
		$piece = 'SUBSTRING(' . $this->bytes . ', ' . ( $offset + 1 ) . ", $length)";
		return "SELECT {$this->name} IS NOT NULL AS there, OCTET_LENGTH({$this->bytes}) AS length, CRC32({$this->bytes}) AS crc, $piece AS piece"
			. $this->place;
	}

	/**
	 * Reads a piece.
	 *
	 * @param Connection $connection To the database.
	 * @param int        $offset     In bytes.
	 * @param int        $length     In bytes.
	 * @return Payload Header {length, crc: of the whole value, null when there is none}, then the bytes.
	 * @throws Failure `too_long` when the server cannot make it, `database_error`.
	 */
	public function piece( Connection $connection, int $offset, int $length ): Payload {
		$rows = $connection->all( $this->sql( $offset, $length ) );
		$row  = isset( $rows[0] ) && '1' === (string) $rows[0]['there'] ? $rows[0] : null;
		if ( null !== $row && ! isset( $row['length'], $row['crc'], $row['piece'] ) ) {
			throw new Failure( 'too_long', 'The value is longer than the max_allowed_packet of the database server.' );
		}
		$payload = new Payload();
		$payload->add(
			Frame::header(
				array(
					'length' => null === $row ? null : (int) $row['length'],
					'crc'    => null === $row ? null : (int) $row['crc'],
				)
			)
		);
		$payload->add( null === $row ? '' : (string) $row['piece'] );
		return $payload;
	}
}
