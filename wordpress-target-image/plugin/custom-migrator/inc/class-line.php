<?php
/**
 * A row as one line, made by the server: what LOAD DATA reads, with its usual separators.
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
 * Writes the expression. Its parts are binary: no charset or mode of the server has a say in how they are joined.
 */
final class Line {

	const LEAST_LONGEST = 65536;
	const LONGEST       = 2097152;
	// Backslash, tab, line feed, and what stands for them.
	const ESCAPES = array(
		'5C' => '5C5C',
		'09' => '5C74',
		'0A' => '5C6E',
	);
	// The same for REGEXP_REPLACE(), to which a backslash is written as two.
	const PATTERNS = array(
		'5C5C' => '5C5C5C5C',
		'09'   => '5C5C74',
		'0A'   => '5C5C6E',
	);
	// MariaDB's REPLACE() moves the rest of a value with every hit: 16 s for 2 MiB of prose. Its REGEXP_REPLACE() does not, but is slower
	// to begin, so it takes over above this length in bytes.
	const LONG = 8192;

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
	 * Whether the server is a MariaDB.
	 *
	 * @var bool
	 */
	private $is_mariadb;

	/**
	 * Prepares lines.
	 *
	 * @param string   $charset    The connection's charset.
	 * @param int|null $longest    Longer values are withheld, in bytes; null to withhold none.
	 * @param bool     $is_mariadb Whether the server is a MariaDB.
	 */
	public function __construct( string $charset, $longest, bool $is_mariadb ) {
		$this->charset    = $charset;
		$this->longest    = $longest;
		$this->is_mariadb = $is_mariadb;
	}

	/**
	 * The expression of a row. A part that the server could not make (longer than its max_allowed_packet) makes the whole NULL:
	 * CONCAT_WS() would leave that part out, and IFNULL() would take it for a NULL of the table.
	 *
	 * @param Column[] $columns Columns in the order of the line, at least one.
	 * @return string SQL.
	 */
	public function sql( array $columns ): string {
		return self::joined( array_map( array( $this, 'escaped_value' ), $columns ) );
	}

	/**
	 * The expression of a row's fingerprint: the CRC32 of its line without the escapes, which take a server longer than all the rest.
	 *
	 * @param Column[] $columns Columns in the order of the line, at least one.
	 * @return string SQL.
	 */
	public function fingerprint( array $columns ): string {
		return 'CRC32(' . self::joined( array_map( array( $this, 'bare_value' ), $columns ) ) . ')';
	}

	/**
	 * Joins expressions of values.
	 *
	 * @param string[] $values Their expressions.
	 * @return string SQL.
	 */
	private static function joined( array $values ): string {
		return 'CONCAT(' . implode( ", x'09', ", $values ) . ", x'')";
	}

	/**
	 * The expression of a value's bytes as they travel, not escaped.
	 *
	 * @param Column $column Its column.
	 * @return string SQL.
	 */
	public function bytes( Column $column ): string {
		$value = $column->value_sql();
		if ( $column->is_text() && $column->charset() !== $this->charset ) {
			return "CAST(CONVERT($value USING {$this->charset}) AS BINARY)";
		}
		return $column->is_blob() ? $value : "CAST($value AS BINARY)";
	}

	/**
	 * The expression of a value in a line.
	 *
	 * @param Column $column Its column.
	 * @return string SQL.
	 */
	private function escaped_value( Column $column ): string {
		return self::or_null( $column, $column->is_plain() ? $column->value_sql() : $this->or_withheld( $column, $this->escaped( $column ) ) );
	}

	/**
	 * The expression of a value in a fingerprint.
	 *
	 * @param Column $column Its column.
	 * @return string SQL.
	 */
	private function bare_value( Column $column ): string {
		return self::or_null( $column, $column->is_plain() ? $column->value_sql() : $this->or_withheld( $column, $this->bytes( $column ) ) );
	}

	/**
	 * The expression of a value, or of what stands for NULL.
	 *
	 * @param Column $column Its column.
	 * @param string $value  Expression of the value.
	 * @return string SQL.
	 */
	private static function or_null( Column $column, string $value ): string {
		return $column->nullable ? 'IF(' . Connection::name( $column->name ) . " IS NULL, x'5C4E', $value)" : $value;
	}

	/**
	 * The expression of an escaped value.
	 *
	 * @param Column $column Its column.
	 * @return string SQL.
	 */
	private function escaped( Column $column ): string {
		$bytes = $this->bytes( $column );
		$value = self::replaced( 'REPLACE', $bytes, self::ESCAPES );
		if ( ! $this->is_mariadb || $column->is_short() ) {
			return $value;
		}
		return 'IF(OCTET_LENGTH(' . $bytes . ') > ' . self::LONG . ', ' . self::replaced( 'REGEXP_REPLACE', $bytes, self::PATTERNS ) . ", $value)";
	}

	/**
	 * The expression of a value, or of what stands in its place because it is long.
	 *
	 * @param Column $column Its column.
	 * @param string $value  Expression of the value.
	 * @return string SQL.
	 */
	private function or_withheld( Column $column, string $value ): string {
		if ( null === $this->longest || ! $column->is_large() ) {
			return $value;
		}
		$bytes = $this->bytes( $column );
		return "IF(OCTET_LENGTH($bytes) > {$this->longest}, CONCAT(x'5C4C', OCTET_LENGTH($bytes), ':', CRC32($bytes)), $value)";
	}

	/**
	 * The expression of a value in which bytes are replaced, one kind after the other.
	 *
	 * @param string   $replace  The function.
	 * @param string   $value    Expression of the value.
	 * @param string[] $replaced What is replaced by what, in hex.
	 * @return string SQL.
	 */
	private static function replaced( string $replace, string $value, array $replaced ): string {
		foreach ( $replaced as $old => $new ) {
			$value = "$replace($value, x'$old', x'$new')";
		}
		return $value;
	}
}
