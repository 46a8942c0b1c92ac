<?php
/**
 * One column: how its values are read, and how a value of it is written into a condition.
 *
 * Numbers and times are read as the server writes them as text, but for FLOAT: that is printed with six digits, so it is read as a
 * double, which has them all.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * A column of a table.
 */
final class Column {

	// What the server writes with nothing in it that a line escapes.
	const PLAIN = array(
		'tinyint',
		'smallint',
		'mediumint',
		'int',
		'bigint',
		'decimal',
		'float',
		'double',
		'date',
		'time',
		'datetime',
		'timestamp',
		'year',
	);
	// What is a text without a collation.
	const TEXTS    = array( 'json', 'uuid', 'inet4', 'inet6' );
	const FLOATS   = array( 'float', 'double' );
	const INTEGERS = array( 'tinyint', 'smallint', 'mediumint', 'int', 'bigint' );
	const BLOBS    = array( 'binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob' );
	// Values of these can be longer than 64 KiB.
	const LARGE    = array( 'mediumtext', 'longtext', 'mediumblob', 'longblob', 'json' );

	/**
	 * Its name.
	 *
	 * @var string
	 */
	public $name;

	/**
	 * Its full type, for example `varchar(20)`.
	 *
	 * @var string
	 */
	public $type;

	/**
	 * Its collation; null when it holds no text.
	 *
	 * @var string|null
	 */
	public $collation;

	/**
	 * Whether it may be NULL.
	 *
	 * @var bool
	 */
	public $nullable;

	/**
	 * Whether the server computes it.
	 *
	 * @var bool
	 */
	public $generated;

	/**
	 * Makes a column.
	 *
	 * @param array $row Of SHOW FULL COLUMNS.
	 * @return self
	 */
	public static function from_row( array $row ): self {
		$column            = new self();
		$column->name      = $row['Field'];
		$column->type      = $row['Type'];
		$column->collation = $row['Collation'];
		$column->nullable  = 'YES' === $row['Null'];
		$column->generated = 1 === preg_match( '/\b(VIRTUAL|STORED|PERSISTENT)\b/i', $row['Extra'] );
		return $column;
	}

	/**
	 * The column for the answer of `db.tables`.
	 *
	 * @return array
	 */
	public function view(): array {
		return array(
			'name'      => $this->name,
			'type'      => $this->type,
			'charset'   => $this->charset(),
			'collation' => $this->collation,
			'generated' => $this->generated,
			'nullable'  => $this->nullable,
		);
	}

	/**
	 * The expression that reads its value.
	 *
	 * @return string SQL.
	 */
	public function value_sql(): string {
		$name = Connection::name( $this->name );
		return 'float' === $this->kind() ? "($name + 0e0)" : $name;
	}

	/**
	 * The expression that reads its value as literal_sql() takes it: texts in their own charset, whatever the connection's; what
	 * is sorted by number as a number.
	 *
	 * @return string SQL.
	 */
	public function key_sql(): string {
		$name = Connection::name( $this->name );
		if ( in_array( $this->kind(), array( 'bit', 'enum', 'set' ), true ) ) {
			return "($name + 0)";
		}
		return null !== $this->collation ? "CAST($name AS BINARY)" : $this->value_sql();
	}

	/**
	 * Writes a value of key_sql() into a condition, with the column's collation, so that its index is used.
	 *
	 * @param string $value As key_sql() gave it.
	 * @return string SQL.
	 * @throws Failure `bad_request` when such a column cannot have such a value.
	 */
	public function literal_sql( string $value ): string {
		if ( null !== $this->collation && ! in_array( $this->kind(), array( 'enum', 'set' ), true ) ) {
			return '_' . $this->charset() . " x'" . bin2hex( $value ) . "' COLLATE " . $this->collation;
		}
		if ( $this->is_blob() ) {
			return "x'" . bin2hex( $value ) . "'";
		}
		if ( 1 === preg_match( '/\A-?[0-9]{1,65}(\.[0-9]{1,65})?(e[+-]?[0-9]{1,3})?\z/', $value ) ) {
			return $value;
		}
		if ( 1 === preg_match( '/\A[0-9a-f: .-]{1,64}\z/', $value ) ) {
			return "'$value'";
		}
		throw new Failure( 'bad_request', 'A key value does not fit its column.' );
	}

	/**
	 * Its charset, which a collation's name begins with.
	 *
	 * @return string|null Null when it has none.
	 */
	public function charset() {
		return null === $this->collation ? null : (string) strtok( $this->collation, '_' );
	}

	/**
	 * Says whether its value is a text in some charset.
	 *
	 * @return bool
	 */
	public function is_text(): bool {
		return null !== $this->collation || in_array( $this->kind(), self::TEXTS, true );
	}

	/**
	 * Says whether its value is bytes.
	 *
	 * @return bool
	 */
	public function is_blob(): bool {
		return in_array( $this->kind(), self::BLOBS, true );
	}

	/**
	 * Says whether a server sends its value, and PHP's driver receives it, in the form that it has in an expression.
	 *
	 * @return bool
	 */
	public function is_sent_as_it_is(): bool {
		return null !== $this->collation || $this->is_blob() || ( $this->is_plain() && ! in_array( $this->kind(), self::FLOATS, true ) );
	}

	/**
	 * Says whether its value, as text, has nothing to escape.
	 *
	 * @return bool
	 */
	public function is_plain(): bool {
		return in_array( $this->kind(), self::PLAIN, true );
	}

	/**
	 * Says whether its value is a whole number.
	 *
	 * @return bool
	 */
	public function is_integer(): bool {
		return in_array( $this->kind(), self::INTEGERS, true );
	}

	/**
	 * Says whether its value can be longer than 64 KiB.
	 *
	 * @return bool
	 */
	public function is_large(): bool {
		return in_array( $this->kind(), self::LARGE, true );
	}

	/**
	 * Its type without length and attributes.
	 *
	 * @return string
	 */
	private function kind(): string {
		return strtolower( (string) preg_replace( '/\W.*\z/s', '', $this->type ) );
	}
}
