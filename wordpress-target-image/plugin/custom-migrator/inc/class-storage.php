<?php
/**
 * The agent's own tables: keys, used nonces, and what was read.
 *
 * Not options: those are cached, and a cache would let a revoked key or a used nonce through.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Makes, drops and addresses the tables.
 */
final class Storage {

	// The server's error number for a table that is not there.
	const NO_TABLE = 1146;

	const TABLES  = array( 'keys', 'nonces', 'audit' );
	const OPTIONS = 'ENGINE=InnoDB DEFAULT CHARSET=ascii COLLATE=ascii_bin';

	/**
	 * Creates the tables where they are missing.
	 *
	 * @return void
	 */
	public static function create() {
		self::db()->query(
			self::sql(
				'CREATE TABLE IF NOT EXISTS %keys (id CHAR(16) NOT NULL, secret CHAR(64) NOT NULL, scope VARCHAR(16) NOT NULL,'
				. ' purpose VARCHAR(16) NOT NULL, created_at BIGINT UNSIGNED NOT NULL, expires_at BIGINT UNSIGNED NULL,'
				. ' confirmed_at BIGINT UNSIGNED NULL, last_used_at BIGINT UNSIGNED NULL, PRIMARY KEY (id)) ' . self::OPTIONS
			)
		);
		self::db()->query(
			self::sql(
				'CREATE TABLE IF NOT EXISTS %nonces (nonce CHAR(32) NOT NULL, expires_at BIGINT UNSIGNED NOT NULL,'
				. ' PRIMARY KEY (nonce), KEY expires_at (expires_at)) ' . self::OPTIONS
			)
		);
		self::create_audit();
	}

	/**
	 * Creates the table of what was read, which agents before 0.2 did not have.
	 *
	 * @return void
	 */
	public static function create_audit() {
		self::db()->query(
			self::sql(
				'CREATE TABLE IF NOT EXISTS %audit (key_id CHAR(16) NOT NULL, kind VARCHAR(16) NOT NULL, purpose VARCHAR(16) NOT NULL,'
				. ' calls BIGINT UNSIGNED NOT NULL, items BIGINT UNSIGNED NOT NULL, bytes BIGINT UNSIGNED NOT NULL,'
				. ' first_at BIGINT UNSIGNED NOT NULL, last_at BIGINT UNSIGNED NOT NULL, address VARCHAR(45) NOT NULL,'
				. ' PRIMARY KEY (key_id, kind)) ' . self::OPTIONS
			)
		);
	}

	/**
	 * Drops the tables.
	 *
	 * @return void
	 */
	public static function drop() {
		self::db()->query( self::sql( 'DROP TABLE IF EXISTS %keys, %nonces, %audit' ) );
	}

	/**
	 * Name of one of the tables.
	 *
	 * @param string $which One of TABLES.
	 * @return string
	 */
	public static function table( string $which ): string {
		return $GLOBALS['wpdb']->base_prefix . 'custom_migrator_' . $which;
	}

	/**
	 * Puts table names and values into a statement.
	 *
	 * @param string     $sql       With %keys, %nonces and %audit for the tables, %s and %d for values.
	 * @param string|int ...$values In order.
	 * @return string
	 */
	public static function sql( string $sql, ...$values ): string {
		$tables = array();
		foreach ( self::TABLES as $which ) {
			$tables[ "%$which" ] = '`' . self::table( $which ) . '`';
		}
		$sql = strtr( $sql, $tables );
		return array() === $values ? $sql : self::db()->prepare( $sql, $values );
	}

	/**
	 * WordPress's database object, its error pages switched off. Where a drop-in spreads reads over replicas (HyperDB,
	 * LudicrousDB), ours go to the primary server: a replica may not know yet that a key was revoked.
	 *
	 * @return \wpdb
	 */
	public static function db() {
		$wpdb = $GLOBALS['wpdb'];
		$wpdb->hide_errors();
		$wpdb->suppress_errors( true );
		if ( method_exists( $wpdb, 'send_reads_to_masters' ) ) {
			$wpdb->send_reads_to_masters();
		}
		return $wpdb;
	}

	/**
	 * What the server said to the last statement.
	 *
	 * @return int Its error number; 0 for none, -1 when there is no connection or no number.
	 */
	public static function error(): int {
		$wpdb = self::db();
		if ( ! isset( $wpdb->dbh ) || ! $wpdb->dbh instanceof \mysqli ) {
			return -1;
		}
		if ( '' === (string) $wpdb->last_error ) {
			return 0;
		}
		return 0 !== $wpdb->dbh->errno ? $wpdb->dbh->errno : -1;
	}

	/**
	 * Does something while no other request of this site does the like. Where the server has no such locks (some clusters),
	 * it is done without.
	 *
	 * @param callable $work    What is done.
	 * @param int      $seconds How long to wait for the lock.
	 * @return mixed What the work returns; null when the lock was not to be had.
	 */
	public static function locked( callable $work, int $seconds ) {
		$name = 'custom_migrator_' . substr( sha1( DB_NAME . '/' . self::table( 'keys' ) ), 0, 16 );
		if ( '0' === (string) self::db()->get_var( self::sql( 'SELECT GET_LOCK(%s, %d)', $name, $seconds ) ) ) {
			return null;
		}
		try {
			return $work();
		} finally {
			self::db()->query( self::sql( 'DO RELEASE_LOCK(%s)', $name ) );
		}
	}
}
