<?php
/**
 * WordPress's own connection to its database, used directly.
 *
 * Rows come as the server sends them: WordPress's functions would load a whole result into memory and filter texts.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Runs statements on the mysqli connection that WordPress opened, with the charset that WordPress set.
 */
final class Connection {

	// The account may run no more queries in this hour (MAX_QUERIES_PER_HOUR and its like).
	const LIMIT_REACHED = 1226;

	/**
	 * Says whether WordPress's connection was given up.
	 *
	 * @var bool
	 */
	private static $abandoned = false;

	/**
	 * The connection.
	 *
	 * @var \mysqli
	 */
	private $link;

	/**
	 * Wraps a connection.
	 *
	 * @param \mysqli $link The connection.
	 */
	public function __construct( \mysqli $link ) {
		$this->link = $link;
	}

	/**
	 * Takes WordPress's connection and sets what a copy needs: times in UTC, no mode that changes values or quoting.
	 *
	 * @return self
	 * @throws Failure `database_error` when WordPress does not use mysqli.
	 */
	public static function open(): self {
		global $wpdb;
		if ( ! isset( $wpdb->dbh ) || ! $wpdb->dbh instanceof \mysqli ) {
			// Some drop-ins connect with the first statement.
			$wpdb->get_var( 'SELECT 1' );
		}
		if ( ! isset( $wpdb->dbh ) || ! $wpdb->dbh instanceof \mysqli ) {
			throw new Failure( 'database_error', 'The site does not reach its database through mysqli.' );
		}
		mysqli_report( MYSQLI_REPORT_OFF );
		// A drop-in may have asked for numbers instead of texts, which lose digits and zeros.
		$wpdb->dbh->options( MYSQLI_OPT_INT_AND_FLOAT_NATIVE, 0 );
		$connection = new self( $wpdb->dbh );
		$connection->execute( "SET SESSION sql_mode = '', time_zone = '+00:00', sql_quote_show_create = 1" );
		return $connection;
	}

	/**
	 * Runs a statement and returns its rows.
	 *
	 * @param string $sql One statement.
	 * @return array[] Rows by column name.
	 * @throws Failure `database_error`.
	 */
	public function all( string $sql ): array {
		$result = $this->run( $sql );
		$rows   = array();
		while ( null !== ( $row = $result->fetch_assoc() ) ) {
			$rows[] = $row;
		}
		$result->free();
		return $rows;
	}

	/**
	 * Runs a statement that has no rows.
	 *
	 * @param string $sql One statement.
	 * @return void
	 * @throws Failure `database_error`.
	 */
	public function execute( string $sql ) {
		$this->run( $sql );
	}

	/**
	 * Runs a statement whose rows are fetched from the server one by one.
	 *
	 * @param string $sql One statement.
	 * @return \Generator Rows: values in order.
	 * @throws Failure `database_error`, also when the stream breaks off.
	 */
	public function stream( string $sql ): \Generator {
		$result = $this->run( $sql, MYSQLI_USE_RESULT );
		while ( is_array( $row = $result->fetch_row() ) ) {
			yield $row;
		}
		if ( 0 !== $this->link->errno ) {
			throw $this->failure();
		}
	}

	/**
	 * The charset of the connection: the one in which texts travel, also where the site names none.
	 *
	 * @return string
	 * @throws Failure `database_error`.
	 */
	public function charset(): string {
		return $this->all( "SELECT IFNULL(@@character_set_results, 'binary') AS charset" )[0]['charset'];
	}

	/**
	 * Says whether the server is a MariaDB.
	 *
	 * @return bool
	 * @throws Failure `database_error`.
	 */
	public function is_mariadb(): bool {
		$row = $this->all( 'SELECT VERSION() AS version, @@version_comment AS comment' )[0];
		return false !== stripos( $row['version'] . $row['comment'], 'mariadb' );
	}

	/**
	 * The lines of this connection.
	 *
	 * @param int|null $longest Longer values are withheld, in bytes; null to withhold none.
	 * @return Line
	 * @throws Failure `database_error`.
	 */
	public function line( $longest ): Line {
		return new Line( $this->charset(), $longest, (int) $this->all( 'SELECT @@max_allowed_packet AS packet' )[0]['packet'] );
	}

	/**
	 * Gives the connection up, before a stream is let go: freeing that would read the rest of it, however long.
	 *
	 * @return void
	 */
	public function abandon() {
		self::$abandoned = true;
		@$this->link->close();
	}

	/**
	 * Sees to it that WordPress has a connection, after its own was given up.
	 *
	 * @return bool False when there is none.
	 */
	public static function renew(): bool {
		global $wpdb;
		if ( ! self::$abandoned ) {
			return true;
		}
		try {
			$wpdb->dbh = null;
			return true === $wpdb->db_connect( false );
		} catch ( \Throwable $error ) {
			return false;
		}
	}

	/**
	 * Quotes a text.
	 *
	 * @param string $text Any text.
	 * @return string SQL.
	 */
	public function text( string $text ): string {
		return "'" . $this->link->real_escape_string( $text ) . "'";
	}

	/**
	 * Quotes a name of a table, column, index or trigger.
	 *
	 * @param string $name The name.
	 * @return string SQL.
	 */
	public static function name( string $name ): string {
		return '`' . str_replace( '`', '``', $name ) . '`';
	}

	/**
	 * Runs a statement.
	 *
	 * @param string $sql  One statement.
	 * @param int    $mode MYSQLI_STORE_RESULT or MYSQLI_USE_RESULT.
	 * @return \mysqli_result|bool
	 * @throws Failure `database_error`.
	 */
	private function run( string $sql, int $mode = MYSQLI_STORE_RESULT ) {
		$result = $this->link->query( $sql, $mode );
		if ( false === $result ) {
			throw $this->failure();
		}
		return $result;
	}

	/**
	 * What the server complained about.
	 *
	 * @return Failure
	 */
	private function failure(): Failure {
		if ( self::LIMIT_REACHED === $this->link->errno ) {
			return new Failure( 'query_limit', 'The database account of the site may run no more queries in this hour.' );
		}
		return new Failure( 'database_error', $this->link->errno . ': ' . substr( $this->link->error, 0, 300 ) );
	}
}
