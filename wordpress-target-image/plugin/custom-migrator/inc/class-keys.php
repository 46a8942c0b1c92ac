<?php
/**
 * Keys and used nonces, in two tables of the agent's own.
 *
 * Not in options: those are cached, and a cache would let a revoked key or a used nonce through.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Reads and writes the tables.
 */
final class Keys {

	const LOCK_SECONDS = 5;

	/**
	 * Registers a key; creates the tables where they are missing. For the install script of a target image, too.
	 *
	 * The same key may be registered again: nothing changes then.
	 *
	 * @param string $key     `cm_<16 hex digits>_<64 hex digits>`.
	 * @param string $purpose `clone` (15 minutes until confirmed) or `standing` (no end).
	 * @return array {id, purpose, expires_at (unix seconds, null for never)}
	 * @throws Failure `bad_request` for a malformed key or purpose, `key_taken` when the id is in use, `busy` when another request
	 *                 held the lock for too long, `storage` when the tables cannot be written.
	 */
	public static function register( string $key, string $purpose ): array {
		self::create_tables();
		return self::add( Key::create( $key, $purpose, time() ) );
	}

	/**
	 * Adds a key to tables that exist.
	 *
	 * @param Key $key A new key.
	 * @return array {id, purpose, expires_at}
	 * @throws Failure As register().
	 */
	public static function add( Key $key ): array {
		$view = self::locked(
			function () use ( $key ) {
				self::delete_expired( time() );
				$known = self::find( $key->id );
				if ( null !== $known && ! hash_equals( $known->secret, $key->secret ) ) {
					throw new Failure( 'key_taken', 'Another key has this id.' );
				}
				if ( null === $known && ! self::insert( $key ) ) {
					throw new Failure( 'storage', 'The key could not be stored. Activate the plugin again.' );
				}
				return array( 'id' => $key->id ) + ( null === $known ? $key : $known )->view();
			}
		);
		if ( null === $view ) {
			throw new Failure( 'busy', 'Another request of this site holds the lock. Try again.' );
		}
		return $view;
	}

	/**
	 * Finds a key.
	 *
	 * @param string $id 16 hex digits.
	 * @return Key|null
	 */
	public static function find( string $id ) {
		$row = self::db()->get_row( self::sql( 'SELECT * FROM %keys WHERE id = %s', $id ), ARRAY_A );
		return is_array( $row ) ? Key::from_row( $row ) : null;
	}

	/**
	 * Stores times of a key, for a mere use at most once a minute.
	 *
	 * @param Key $key As it shall be.
	 * @param Key $old As it was read.
	 * @return void
	 */
	public static function save( Key $key, Key $old ) {
		if ( $key->confirmed_at === $old->confirmed_at && $key->last_used_at < $old->last_used_at + 60 ) {
			return;
		}
		self::db()->query(
			self::sql(
				'UPDATE %keys SET expires_at = NULLIF(%d, 0), confirmed_at = NULLIF(%d, 0), last_used_at = %d WHERE id = %s',
				(int) $key->expires_at,
				(int) $key->confirmed_at,
				(int) $key->last_used_at,
				$key->id
			)
		);
	}

	/**
	 * Deletes a key.
	 *
	 * @param string $id 16 hex digits.
	 * @return void
	 */
	public static function delete( string $id ) {
		self::db()->query( self::sql( 'DELETE FROM %keys WHERE id = %s', $id ) );
	}

	/**
	 * Deletes keys whose time is over.
	 *
	 * @param int $now Unix seconds.
	 * @return void
	 */
	public static function delete_expired( int $now ) {
		self::db()->query( self::sql( 'DELETE FROM %keys WHERE expires_at <= %d', $now ) );
	}

	/**
	 * Says whether no key is left; without a table there is none.
	 *
	 * @return bool False also when the database does not answer: nothing is removed on a guess.
	 */
	public static function is_empty(): bool {
		$count = self::db()->get_var( self::sql( 'SELECT COUNT(*) FROM %keys' ) );
		if ( null !== $count ) {
			return 0 === (int) $count;
		}
		$like = self::db()->esc_like( self::table( 'keys' ) );
		return array() === self::db()->get_results( self::sql( 'SHOW TABLES LIKE %s', $like ) ) && '' === self::db()->last_error;
	}

	/**
	 * When the next key ends.
	 *
	 * @return int|null Unix seconds; null when none ends.
	 */
	public static function next_end() {
		$end = self::db()->get_var( self::sql( 'SELECT MIN(expires_at) FROM %keys' ) );
		return null === $end ? null : (int) $end;
	}

	/**
	 * Uses up a nonce.
	 *
	 * @param string $nonce 32 hex digits.
	 * @param int    $until When it would be refused for its age anyway, unix seconds.
	 * @return bool False when it was used before, or when that cannot be told.
	 */
	public static function use_nonce( string $nonce, int $until ): bool {
		if ( 0 === random_int( 0, 31 ) ) {
			self::db()->query( self::sql( 'DELETE FROM %nonces WHERE expires_at < %d LIMIT 10000', time() ) );
		}
		return 1 === self::db()->query( self::sql( 'INSERT IGNORE INTO %nonces (nonce, expires_at) VALUES (%s, %d)', $nonce, $until ) );
	}

	/**
	 * Creates the tables where they are missing.
	 *
	 * @return void
	 */
	public static function create_tables() {
		$options = 'ENGINE=InnoDB DEFAULT CHARSET=ascii COLLATE=ascii_bin';
		self::db()->query(
			self::sql(
				'CREATE TABLE IF NOT EXISTS %keys (id CHAR(16) NOT NULL, secret CHAR(64) NOT NULL, scope VARCHAR(16) NOT NULL,'
				. ' purpose VARCHAR(16) NOT NULL, created_at BIGINT UNSIGNED NOT NULL, expires_at BIGINT UNSIGNED NULL,'
				. " confirmed_at BIGINT UNSIGNED NULL, last_used_at BIGINT UNSIGNED NULL, PRIMARY KEY (id)) $options"
			)
		);
		self::db()->query(
			self::sql(
				'CREATE TABLE IF NOT EXISTS %nonces (nonce CHAR(32) NOT NULL, expires_at BIGINT UNSIGNED NOT NULL,'
				. " PRIMARY KEY (nonce), KEY expires_at (expires_at)) $options"
			)
		);
	}

	/**
	 * Drops the tables.
	 *
	 * @return void
	 */
	public static function drop_tables() {
		self::db()->query( self::sql( 'DROP TABLE IF EXISTS %keys, %nonces' ) );
	}

	/**
	 * Does something while no other request of this site does the like. Where the server has no such locks (some clusters),
	 * it is done without.
	 *
	 * @param callable $work    What is done.
	 * @param int      $seconds How long to wait for the lock.
	 * @return mixed What the work returns; null when the lock was not to be had.
	 */
	public static function locked( callable $work, int $seconds = self::LOCK_SECONDS ) {
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

	/**
	 * Name of one of the tables.
	 *
	 * @param string $which `keys` or `nonces`.
	 * @return string
	 */
	public static function table( string $which ): string {
		return $GLOBALS['wpdb']->base_prefix . 'custom_migrator_' . $which;
	}

	/**
	 * Inserts a key.
	 *
	 * @param Key $key A new key.
	 * @return bool
	 */
	private static function insert( Key $key ): bool {
		return 1 === self::db()->query(
			self::sql(
				'INSERT INTO %keys (id, secret, scope, purpose, created_at, expires_at, confirmed_at)'
				. ' VALUES (%s, %s, %s, %s, %d, NULLIF(%d, 0), NULLIF(%d, 0))',
				$key->id,
				$key->secret,
				$key->scope,
				$key->purpose,
				$key->created_at,
				(int) $key->expires_at,
				(int) $key->confirmed_at
			)
		);
	}

	/**
	 * Puts table names and values into a statement.
	 *
	 * @param string     $sql       With %keys and %nonces for the tables, %s and %d for values.
	 * @param string|int ...$values In order.
	 * @return string
	 */
	private static function sql( string $sql, ...$values ): string {
		$tables = array(
			'%keys'   => '`' . self::table( 'keys' ) . '`',
			'%nonces' => '`' . self::table( 'nonces' ) . '`',
		);
		$sql    = strtr( $sql, $tables );
		return array() === $values ? $sql : self::db()->prepare( $sql, $values );
	}

	/**
	 * WordPress's database object, its error pages switched off. Where a drop-in spreads reads over replicas (HyperDB,
	 * LudicrousDB), ours go to the primary server: a replica may not know yet that a key was revoked.
	 *
	 * @return \wpdb
	 */
	private static function db() {
		$wpdb = $GLOBALS['wpdb'];
		$wpdb->hide_errors();
		$wpdb->suppress_errors( true );
		if ( method_exists( $wpdb, 'send_reads_to_masters' ) ) {
			$wpdb->send_reads_to_masters();
		}
		return $wpdb;
	}
}
