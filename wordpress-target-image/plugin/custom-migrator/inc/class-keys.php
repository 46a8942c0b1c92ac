<?php
/**
 * Keys and used nonces.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Reads and writes their tables.
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
		Storage::create();
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
		$view = Storage::locked(
			function () use ( $key ) {
				self::delete_expired( time() );
				$known = self::find( $key->id );
				if ( null !== $known && ! hash_equals( $known->secret, $key->secret ) ) {
					throw new Failure( 'key_taken', 'Another key has this id.' );
				}
				if ( null === $known && ! self::insert( $key ) ) {
					throw new Failure( 'storage', 'The key could not be stored. Activate the plugin again.' );
				}
				Audit::prepare();
				return array( 'id' => $key->id ) + ( null === $known ? $key : $known )->view();
			},
			self::LOCK_SECONDS
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
		$row = Storage::db()->get_row( Storage::sql( 'SELECT * FROM %keys WHERE id = %s', $id ), ARRAY_A );
		return is_array( $row ) ? Key::from_row( $row ) : null;
	}

	/**
	 * All keys, the youngest first.
	 *
	 * @return Key[]
	 */
	public static function all(): array {
		$rows = Storage::db()->get_results( Storage::sql( 'SELECT * FROM %keys ORDER BY created_at DESC, id LIMIT 1000' ), ARRAY_A );
		return array_map( array( Key::class, 'from_row' ), is_array( $rows ) ? $rows : array() );
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
		Storage::db()->query(
			Storage::sql(
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
		Storage::db()->query( Storage::sql( 'DELETE FROM %keys WHERE id = %s', $id ) );
	}

	/**
	 * Deletes keys whose time is over.
	 *
	 * @param int $now Unix seconds.
	 * @return void
	 */
	public static function delete_expired( int $now ) {
		Storage::db()->query( Storage::sql( 'DELETE FROM %keys WHERE expires_at <= %d', $now ) );
	}

	/**
	 * Says whether no key is left; without a table there is none.
	 *
	 * @return bool False also when the database does not answer: nothing is removed on a guess.
	 */
	public static function is_empty(): bool {
		$count = Storage::db()->get_var( Storage::sql( 'SELECT COUNT(*) FROM %keys' ) );
		if ( null !== $count ) {
			return 0 === (int) $count;
		}
		$like = Storage::db()->esc_like( Storage::table( 'keys' ) );
		return array() === Storage::db()->get_results( Storage::sql( 'SHOW TABLES LIKE %s', $like ) ) && '' === Storage::db()->last_error;
	}

	/**
	 * When the next key ends.
	 *
	 * @return int|null Unix seconds; null when none ends.
	 */
	public static function next_end() {
		$end = Storage::db()->get_var( Storage::sql( 'SELECT MIN(expires_at) FROM %keys' ) );
		return null === $end ? null : (int) $end;
	}

	/**
	 * Uses up a nonce.
	 *
	 * @param string $nonce 32 hex digits.
	 * @param int    $until When it would be refused for its age anyway, unix seconds.
	 * @return bool|null False when it was used before, null when that cannot be told.
	 */
	public static function use_nonce( string $nonce, int $until ) {
		if ( 0 === random_int( 0, 31 ) ) {
			Storage::db()->query( Storage::sql( 'DELETE FROM %nonces WHERE expires_at < %d LIMIT 10000', time() ) );
		}
		$added = Storage::db()->query( Storage::sql( 'INSERT IGNORE INTO %nonces (nonce, expires_at) VALUES (%s, %d)', $nonce, $until ) );
		return false === $added ? null : 1 === $added;
	}

	/**
	 * Inserts a key.
	 *
	 * @param Key $key A new key.
	 * @return bool
	 */
	private static function insert( Key $key ): bool {
		return 1 === Storage::db()->query(
			Storage::sql(
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
}
