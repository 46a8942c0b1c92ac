<?php
/**
 * What a row's line is made of: what the server is asked for, and the fingerprint that it computes.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Writes the expressions. Values are selected as they are, for no function of a server escapes them as fast as Line_Writer does;
 * MariaDB's REPLACE() even takes 16 s for 2 MiB of prose.
 */
final class Line {

	const LEAST_LONGEST = 65536;
	const LONGEST       = 2097152;

	/**
	 * The connection's charset, in which texts travel.
	 *
	 * @var string
	 */
	private $charset;

	/**
	 * Longer values are withheld, in bytes; null to withhold none.
	 *
	 * @var int|null
	 */
	private $longest;

	/**
	 * The server's max_allowed_packet: it computes no fingerprint of a longer line.
	 *
	 * @var int
	 */
	private $packet;

	/**
	 * Prepares lines.
	 *
	 * @param string   $charset The connection's charset.
	 * @param int|null $longest Longer values are withheld, in bytes; null to withhold none.
	 * @param int      $packet  The server's max_allowed_packet, in bytes.
	 */
	public function __construct( string $charset, $longest, int $packet ) {
		$this->charset = $charset;
		$this->longest = $longest;
		$this->packet  = $packet;
	}

	/**
	 * The expressions of a row: its values, NULL for one that is withheld; then values of the key, as far as they are not among these in
	 * the form that a range takes; then for each value that can be withheld what stands in its place.
	 *
	 * @param Column[] $columns Columns in the order of the line, at least one.
	 * @param Column[] $key     Columns of the key.
	 * @return string[] SQL.
	 */
	public function selected( array $columns, array $key ): array {
		$values = array_map( array( $this, 'value' ), $columns );
		$keys   = array_diff( self::key_values( $key ), $values );
		$longs  = array_filter( $columns, array( $this, 'can_be_withheld' ) );
		return array_merge( $values, array_values( $keys ), array_values( array_map( array( $this, 'place' ), $longs ) ) );
	}

	/**
	 * What makes lines of the rows that selected() asks for.
	 *
	 * @param Column[] $columns Columns in the order of the line, at least one.
	 * @param Column[] $key     Columns of the key.
	 * @return Line_Writer
	 */
	public function writer( array $columns, array $key ): Line_Writer {
		$selected = $this->selected( $columns, $key );
		$longs    = array_keys( array_filter( $columns, array( $this, 'can_be_withheld' ) ) );
		$keys     = array();
		foreach ( self::key_values( $key ) as $value ) {
			$keys[] = (int) array_search( $value, $selected, true );
		}
		$places = array() === $longs ? array() : array_combine( $longs, range( count( $selected ) - count( $longs ), count( $selected ) - 1 ) );
		return new Line_Writer( count( $columns ), count( $selected ), $keys, $places, $this->packet );
	}

	/**
	 * The expression of a row's fingerprint: the CRC32 of its line without the escapes, which take a server longer than all the rest.
	 *
	 * @param Column[] $columns Columns in the order of the line, at least one.
	 * @return string SQL.
	 */
	public function fingerprint( array $columns ): string {
		return 'CRC32(CONCAT(' . implode( ", x'09', ", array_map( array( $this, 'bare_value' ), $columns ) ) . ", x''))";
	}

	/**
	 * The expression of a value's bytes as they travel.
	 *
	 * @param Column $column Its column.
	 * @return string SQL.
	 */
	public function bytes( Column $column ): string {
		$value = $column->value_sql();
		if ( $this->is_converted( $column ) ) {
			return "CAST(CONVERT($value USING {$this->charset}) AS BINARY)";
		}
		return $column->is_blob() ? $value : "CAST($value AS BINARY)";
	}

	/**
	 * The expression of a value as it is selected. The server sends texts in the connection's charset by itself. Numbers with a point are made
	 * texts as in a fingerprint, for some servers send them in another form; PHP's driver changes bits and does not know every type.
	 *
	 * @param Column $column Its column.
	 * @return string SQL.
	 */
	private function value( Column $column ): string {
		if ( $column->is_sent_as_it_is() ) {
			$value = $column->value_sql();
		} else {
			$value = $column->is_plain() ? "CONCAT({$column->value_sql()}, x'')" : $this->bytes( $column );
		}
		return $this->can_be_withheld( $column ) ? "IF({$this->is_long( $column )}, NULL, $value)" : $value;
	}

	/**
	 * The expression of what stands in the place of a withheld value; NULL where it is not. An IF() as plain as this one gives no NULL for
	 * a value of which the server only cannot compute the checksum.
	 *
	 * @param Column $column Its column.
	 * @return string SQL.
	 */
	private function place( Column $column ): string {
		$bytes = $this->bytes( $column );
		return "IF({$this->is_long( $column )}, CONCAT(OCTET_LENGTH($bytes), ':', IFNULL(CRC32($bytes), '')), NULL)";
	}

	/**
	 * The expression of a value in a fingerprint. A part that the server could not make (longer than its max_allowed_packet) makes the whole
	 * NULL: CONCAT_WS() would leave that part out, and IFNULL() would take it for a NULL of the table.
	 *
	 * @param Column $column Its column.
	 * @return string SQL.
	 */
	private function bare_value( Column $column ): string {
		$value = $column->is_plain() ? $column->value_sql() : $this->bytes( $column );
		if ( $this->can_be_withheld( $column ) ) {
			$value = "IF({$this->is_long( $column )}, CONCAT(x'5C4C', OCTET_LENGTH($value), ':', CRC32($value)), $value)";
		}
		return $column->nullable ? 'IF(' . Connection::name( $column->name ) . " IS NULL, x'5C4E', $value)" : $value;
	}

	/**
	 * The condition under which a value is withheld. Where its bytes travel as they are they need not be made for that: servers copy a value
	 * with each CAST().
	 *
	 * @param Column $column Its column.
	 * @return string SQL.
	 */
	private function is_long( Column $column ): string {
		$value = $this->is_converted( $column ) ? $this->bytes( $column ) : $column->value_sql();
		return "OCTET_LENGTH($value) > {$this->longest}";
	}

	/**
	 * Says whether a value is a text in another charset than the one that it travels in.
	 *
	 * @param Column $column Its column.
	 * @return bool
	 */
	private function is_converted( Column $column ): bool {
		return $column->is_text() && $column->charset() !== $this->charset;
	}

	/**
	 * Says whether values of a column may be withheld.
	 *
	 * @param Column $column The column.
	 * @return bool
	 */
	private function can_be_withheld( Column $column ): bool {
		return null !== $this->longest && $column->is_large();
	}

	/**
	 * The expressions of the key's values, as a range takes them.
	 *
	 * @param Column[] $key Columns of the key.
	 * @return string[] SQL.
	 */
	private static function key_values( array $key ): array {
		$values = array();
		foreach ( $key as $column ) {
			$values[] = $column->key_sql();
		}
		return $values;
	}
}
