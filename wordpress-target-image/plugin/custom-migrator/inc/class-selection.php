<?php
/**
 * What is read of a table: its columns as lines, by a key or in buckets.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Writes the statements of `db.rows` and the parts of those of `db.digest`.
 */
final class Selection {

	const MOST_ROWS    = 100000;
	const MOST_BUCKETS = 4096;

	/**
	 * The table, with the index to use, SQL.
	 *
	 * @var string
	 */
	private $from;

	/**
	 * Columns of the key; none where the rows are read in buckets.
	 *
	 * @var Column[]
	 */
	private $key;

	/**
	 * What is selected, SQL.
	 *
	 * @var string
	 */
	private $selected;

	/**
	 * What makes lines of it.
	 *
	 * @var Line_Writer
	 */
	private $writer;

	/**
	 * Expression of the CRC32 by which rows are compared and divided.
	 *
	 * @var string
	 */
	private $fingerprint;

	/**
	 * Into how many buckets the rows are divided.
	 *
	 * @var int
	 */
	private $buckets;

	/**
	 * Makes a selection.
	 *
	 * @param Table     $table     The table.
	 * @param Line      $line      How rows are written.
	 * @param Arguments $arguments columns, key, buckets.
	 * @throws Failure `bad_request` for an unknown column or a key that is none.
	 */
	public function __construct( Table $table, Line $line, Arguments $arguments ) {
		$key               = $arguments->texts_or_null( 'key' );
		$columns           = $table->pick( $arguments->texts( 'columns' ) );
		$this->from        = Connection::name( $table->name );
		$this->key         = $table->pick( (array) $key );
		$this->selected    = implode( ', ', $line->selected( $columns, $this->key ) );
		$this->writer      = $line->writer( $columns, $this->key );
		$this->fingerprint = $line->fingerprint( $columns );
		$this->buckets     = $arguments->number( 'buckets', 1, 1 );
		if ( $this->has_key() ) {
			$this->from .= ' FORCE INDEX (' . Connection::name( $table->index_of( $key ) ) . ')';
		}
		if ( $this->buckets > self::MOST_BUCKETS || ( $this->has_key() && 1 !== $this->buckets ) ) {
			throw new Failure( 'bad_request', 'The argument buckets is wrong.' );
		}
	}

	/**
	 * The selection that a call is about.
	 *
	 * @param Connection $connection To the database.
	 * @param Arguments  $arguments  table, columns, key, longest, buckets.
	 * @return self
	 * @throws Failure `not_found` for an unknown table, `bad_request`, `database_error`.
	 */
	public static function of_call( Connection $connection, Arguments $arguments ): self {
		$name    = Tables::of_site( $connection )->check( $arguments->text( 'table' ) );
		$longest = max( Line::LEAST_LONGEST, $arguments->number( 'longest', Line::LONGEST, 1 ) );
		$line    = $connection->line( null === $arguments->texts_or_null( 'key' ) ? null : $longest );
		return new self( Table::read( $connection, $name ), $line, $arguments );
	}

	/**
	 * Says whether the rows are read by a key.
	 *
	 * @return bool
	 */
	public function has_key(): bool {
		return array() !== $this->key;
	}

	/**
	 * What makes lines of the rows.
	 *
	 * @return Line_Writer
	 */
	public function writer(): Line_Writer {
		return $this->writer;
	}

	/**
	 * Into how many buckets the rows are divided.
	 *
	 * @return int
	 */
	public function buckets(): int {
		return $this->buckets;
	}

	/**
	 * Expression of the CRC32 by which rows are compared and divided.
	 *
	 * @return string SQL.
	 */
	public function fingerprint(): string {
		return $this->fingerprint;
	}

	/**
	 * The table, with the index to use.
	 *
	 * @return string SQL.
	 */
	public function from(): string {
		return $this->from;
	}

	/**
	 * A range of the key.
	 *
	 * @param mixed $after As Range takes it.
	 * @param mixed $upto  As Range takes it.
	 * @return Range
	 * @throws Failure `bad_request`.
	 */
	public function range( $after, $upto ): Range {
		return new Range( $this->key, $after, $upto );
	}

	/**
	 * The statement of a page of a range, in the order of the key.
	 *
	 * @param Range $range The range.
	 * @param int   $limit How many rows at most.
	 * @return string SQL.
	 * @throws Failure `bad_request`.
	 */
	public function page( Range $range, int $limit ): string {
		return "SELECT {$this->selected} FROM {$this->from}" . $range->where() . ' ORDER BY ' . $range->order() . " LIMIT $limit";
	}

	/**
	 * The statement of a bucket: one statement, so that all its rows are seen at one moment. A row of which the server can compute no
	 * fingerprint is in the first: it must not be missing without a word.
	 *
	 * @param int $bucket Which one, from 0.
	 * @return string SQL.
	 * @throws Failure `bad_request` when there are not that many.
	 */
	public function bucket( int $bucket ): string {
		if ( $bucket >= $this->buckets ) {
			throw new Failure( 'bad_request', 'The argument bucket is wrong.' );
		}
		$where = 1 === $this->buckets ? '' : " WHERE IFNULL({$this->fingerprint}, 0) MOD {$this->buckets} = $bucket";
		return "SELECT {$this->selected} FROM {$this->from}$where";
	}
}
