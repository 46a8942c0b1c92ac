<?php
/**
 * Which tables belong to the site, and what they are like.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Lists tables and views, and with them triggers and what is not copied.
 */
final class Tables {

	const PAGE_BYTES = 4194304;

	// Never given out: our own tables, those of other sites in the same database, and the state of a copying engine.
	const PRIVATE_NAMES = '/custom_migrator_(keys|nonces|audit)\z|\A_migrator_/i';

	/**
	 * To the database.
	 *
	 * @var Connection
	 */
	private $connection;

	/**
	 * What the site's tables begin with.
	 *
	 * @var string
	 */
	private $prefix;

	/**
	 * Names of tables that belong to the site whatever they begin with.
	 *
	 * @var string[]
	 */
	private $others;

	/**
	 * Makes a list.
	 *
	 * @param Connection $connection To the database.
	 * @param string     $prefix     What the site's tables begin with.
	 * @param string[]   $others     Names of tables that belong to the site whatever they begin with.
	 */
	public function __construct( Connection $connection, string $prefix, array $others ) {
		$this->connection = $connection;
		$this->prefix     = $prefix;
		$this->others     = $others;
	}

	/**
	 * The tables of this WordPress. Its users may be in a table with another prefix (CUSTOM_USER_TABLE), and the server may keep
	 * all names in lower case.
	 *
	 * @param Connection $connection To the database.
	 * @return self
	 */
	public static function of_site( Connection $connection ): self {
		global $wpdb;
		$lowered = '1' === $connection->all( 'SELECT @@lower_case_table_names AS lowered' )[0]['lowered'];
		$names   = array( $wpdb->base_prefix, $wpdb->users, $wpdb->usermeta );
		$names   = $lowered ? array_map( 'strtolower', $names ) : $names;
		return new self( $connection, $names[0], array_slice( $names, 1 ) );
	}

	/**
	 * Describes tables until bytes or time are used up.
	 *
	 * @param string|null $after  Name of the last table of the page before; null to begin.
	 * @param Budget      $budget Ends the page.
	 * @return array {tables, triggers, skipped, next: name or null}; triggers, routines and events come with the last page.
	 * @throws Failure `database_error`.
	 */
	public function page( $after, Budget $budget ): array {
		$page = array(
			'tables'   => array(),
			'triggers' => array(),
			'skipped'  => array(),
			'next'     => null,
		);
		foreach ( $this->found() as $row ) {
			if ( null !== $after && strcmp( $row['name'], $after ) <= 0 ) {
				continue;
			}
			if ( null !== $page['next'] && $budget->is_spent() ) {
				return $page;
			}
			$page['next'] = $row['name'];
			$this->add( $page, $row, $budget );
		}
		$programs         = new Programs( $this->connection );
		$page['next']     = null;
		$page['triggers'] = array_values( array_filter( $programs->triggers(), array( $this, 'is_of_ours' ) ) );
		$page['skipped']  = array_merge( $page['skipped'], $programs->not_copied() );
		return $page;
	}

	/**
	 * How large the site's tables are with their indexes, as the server estimates it.
	 *
	 * @return int Bytes.
	 * @throws Failure `database_error`.
	 */
	public function bytes(): int {
		return (int) array_sum( array_column( $this->found(), 'bytes' ) );
	}

	/**
	 * Lets a table through whose rows may be read.
	 *
	 * @param string $name The caller's.
	 * @return string The name.
	 * @throws Failure `not_found` when it is none of the site's tables, `bad_request` when it is a view.
	 */
	public function check( string $name ): string {
		$type = $this->type( $name );
		if ( null === $type ) {
			throw new Failure( 'not_found', 'The site has no such table.' );
		}
		if ( 'table' !== $type ) {
			throw new Failure( 'bad_request', 'This is a view, it has no rows of its own.' );
		}
		return $name;
	}

	/**
	 * Says what something is.
	 *
	 * @param string $name The caller's.
	 * @return string|null `table`, `view` or empty; null when it is none of the site's.
	 * @throws Failure `database_error`.
	 */
	public function type( string $name ) {
		foreach ( $this->found( ' AND TABLE_NAME = ' . $this->connection->text( $name ) ) as $row ) {
			if ( $name === $row['name'] ) {
				return $row['type'];
			}
		}
		return null;
	}

	/**
	 * Finds the site's tables and views.
	 *
	 * @param string $condition Further condition, SQL.
	 * @return array[] {name, type, engine, rows, bytes, collation}, by name in byte order.
	 * @throws Failure `database_error`.
	 */
	private function found( string $condition = '' ): array {
		$rows = $this->connection->all(
			'SELECT TABLE_NAME AS name, TABLE_TYPE AS type, TABLE_ROWS AS rows_estimate, DATA_LENGTH + INDEX_LENGTH AS bytes,'
			. " TABLE_COLLATION AS collation FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()$condition"
		);
		$kinds = array(
			'BASE TABLE'       => 'table',
			'SYSTEM VERSIONED' => 'table',
			'VIEW'             => 'view',
		);
		$found = array();
		foreach ( $rows as $row ) {
			if ( $this->is_ours( $row['name'] ) ) {
				$row['type'] = isset( $kinds[ $row['type'] ] ) ? $kinds[ $row['type'] ] : '';
				$found[]     = $row;
			}
		}
		usort(
			$found,
			function ( $a, $b ) {
				return strcmp( $a['name'], $b['name'] );
			}
		);
		return $found;
	}

	/**
	 * Says whether a table belongs to the site.
	 *
	 * @param string $name The table.
	 * @return bool
	 */
	private function is_ours( string $name ): bool {
		if ( 1 === preg_match( self::PRIVATE_NAMES, $name ) ) {
			return false;
		}
		return 0 === strncmp( $name, $this->prefix, strlen( $this->prefix ) ) || in_array( $name, $this->others, true );
	}

	/**
	 * Says whether a trigger is of one of the site's tables.
	 *
	 * @param array $trigger Of Programs::triggers().
	 * @return bool
	 */
	private function is_of_ours( array $trigger ): bool {
		return $this->is_ours( $trigger['table'] );
	}

	/**
	 * Adds a table or view to a page, or says why not.
	 *
	 * @param array  $page   The page.
	 * @param array  $row    Of found().
	 * @param Budget $budget Is used up by it.
	 * @return void
	 */
	private function add( array &$page, array $row, Budget $budget ) {
		try {
			$view             = $this->describe( $row );
			$page['tables'][] = $view;
			$budget->take( strlen( $view['create'] ) + 100 * count( $view['columns'] ) );
		} catch ( Failure $failure ) {
			$page['skipped'][] = array( $row['name'], $failure->getMessage() );
		}
	}

	/**
	 * Describes a table or view.
	 *
	 * @param array $row Of found().
	 * @return array
	 * @throws Failure `database_error`, for example for a view whose tables are gone.
	 */
	private function describe( array $row ): array {
		if ( '' === $row['type'] ) {
			throw new Failure( 'database_error', 'neither table nor view' );
		}
		$table  = Table::read( $this->connection, $row['name'] );
		$create = array_values( $this->connection->all( 'SHOW CREATE TABLE ' . Connection::name( $row['name'] ) )[0] )[1];
		return array(
			'name'          => $row['name'],
			'type'          => $row['type'],
			'rows_estimate' => (int) $row['rows_estimate'],
			'bytes'         => (int) $row['bytes'],
			'create'        => base64_encode( $create ),
			'columns'       => array_map(
				function ( Column $column ) {
					return $column->view();
				},
				$table->columns()
			),
			'key'           => 'table' === $row['type'] ? $table->key() : null,
			'collation'     => $row['collation'],
		);
	}
}
