<?php
/**
 * One table: its columns and the key that its rows are paged by.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Columns and unique keys of a table.
 */
final class Table {

	/**
	 * Its name.
	 *
	 * @var string
	 */
	public $name;

	/**
	 * Its columns by name.
	 *
	 * @var Column[]
	 */
	private $columns = array();

	/**
	 * Its usable keys: column names by index name, the best first.
	 *
	 * @var array
	 */
	private $keys;

	/**
	 * Makes a table.
	 *
	 * @param string  $name    Its name.
	 * @param array[] $columns Rows of SHOW FULL COLUMNS.
	 * @param array[] $indexes Rows of SHOW INDEX.
	 */
	public function __construct( string $name, array $columns, array $indexes ) {
		$this->name = $name;
		foreach ( $columns as $row ) {
			$this->columns[ $row['Field'] ] = Column::from_row( $row );
		}
		$this->keys = $this->usable_keys( $indexes );
	}

	/**
	 * Reads a table's description.
	 *
	 * @param Connection $connection To the database.
	 * @param string     $name       Of a table that is there.
	 * @return self
	 * @throws Failure `database_error`.
	 */
	public static function read( Connection $connection, string $name ): self {
		$sql = Connection::name( $name );
		return new self( $name, $connection->all( "SHOW FULL COLUMNS FROM $sql" ), $connection->all( "SHOW INDEX FROM $sql" ) );
	}

	/**
	 * Its columns.
	 *
	 * @return Column[]
	 */
	public function columns(): array {
		return array_values( $this->columns );
	}

	/**
	 * Columns by name.
	 *
	 * @param string[] $names Their names.
	 * @return Column[] In that order.
	 * @throws Failure `bad_request` when the table has no such column.
	 */
	public function pick( array $names ): array {
		$picked = array();
		foreach ( $names as $name ) {
			if ( ! isset( $this->columns[ $name ] ) ) {
				throw new Failure( 'bad_request', 'The table has no such column.' );
			}
			$picked[] = $this->columns[ $name ];
		}
		return $picked;
	}

	/**
	 * The key to page by: the primary one, else a unique one.
	 *
	 * @return string[]|null Column names; null when there is none.
	 */
	public function key() {
		return array() === $this->keys ? null : array_values( $this->keys )[0];
	}

	/**
	 * The index of a key.
	 *
	 * @param string[] $columns Column names, in order.
	 * @return string Its name.
	 * @throws Failure `bad_request` when these columns are no key of the table: paging by them would lose rows.
	 */
	public function index_of( array $columns ): string {
		$index = array_search( $columns, $this->keys, true );
		if ( false === $index ) {
			throw new Failure( 'bad_request', 'These columns are no unique key of the table.' );
		}
		return (string) $index;
	}

	/**
	 * Finds the keys in which every row has its own place: unique, over whole columns, none of them NULL.
	 *
	 * @param array[] $indexes Rows of SHOW INDEX.
	 * @return array Column names by index name, primary first, then by number of columns.
	 */
	private function usable_keys( array $indexes ): array {
		$keys = array();
		$bad  = array();
		foreach ( $indexes as $row ) {
			$name = $row['Key_name'];
			if ( '0' !== (string) $row['Non_unique'] || null !== $row['Sub_part'] || null === $row['Column_name']
				|| $this->columns[ $row['Column_name'] ]->nullable ) {
				$bad[ $name ] = true;
			} else {
				$keys[ $name ][ (int) $row['Seq_in_index'] - 1 ] = $row['Column_name'];
			}
		}
		$keys = array_diff_key( $keys, $bad );
		uksort(
			$keys,
			function ( $a, $b ) use ( $keys ) {
				return array( 'PRIMARY' !== $a, count( $keys[ $a ] ), $a ) <=> array( 'PRIMARY' !== $b, count( $keys[ $b ] ), $b );
			}
		);
		return $keys;
	}
}
