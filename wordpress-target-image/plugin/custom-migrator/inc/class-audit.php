<?php
/**
 * What was read with which key: a list for the site's owner.
 *
 * One row for each key and kind of reading, added up, so that a copy of millions of rows leaves five of them and each call costs
 * one small statement. It outlives the key, and goes with the agent.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Adds calls up, and lists them.
 */
final class Audit {

	// Operations that are not named here read nothing.
	const KINDS = array(
		'hello'       => 'site',
		'files.list'  => 'file_names',
		'files.count' => 'file_names',
		'files.read'  => 'files',
		'db.tables'   => 'tables',
		'db.measure'  => 'tables',
		'db.digest'   => 'tables',
		'db.rows'     => 'rows',
		'db.value'    => 'rows',
	);

	// The list keeps the keys that were used last.
	const MOST_KEYS = 50;

	/**
	 * Adds a call that was answered. Where that cannot be written the answer is out already, and nothing else happens.
	 *
	 * @param Key     $key     The caller's.
	 * @param string  $op      Operation.
	 * @param Payload $payload What was answered.
	 * @return void
	 */
	public static function add( Key $key, string $op, Payload $payload ) {
		$kinds = self::KINDS;
		if ( ! isset( $kinds[ $op ] ) || Lifecycle::is_embedded() || ! Connection::renew() ) {
			return;
		}
		Storage::db()->query(
			Storage::sql(
				'INSERT INTO %audit (key_id, kind, purpose, calls, items, bytes, first_at, last_at, address)'
				. ' VALUES (%s, %s, %s, 1, %d, %d, %d, %d, %s) ON DUPLICATE KEY UPDATE calls = calls + 1, items = items + VALUES(items),'
				. ' bytes = bytes + VALUES(bytes), last_at = VALUES(last_at), address = VALUES(address)',
				$key->id,
				$kinds[ $op ],
				$key->purpose,
				$payload->items,
				$payload->length(),
				time(),
				time(),
				self::address()
			)
		);
	}

	/**
	 * Makes the table where it is missing, and forgets all keys but those used last.
	 *
	 * @return void
	 */
	public static function prepare() {
		Storage::create_audit();
		Storage::db()->query(
			Storage::sql(
				'DELETE old FROM %audit old JOIN (SELECT key_id FROM %audit GROUP BY key_id ORDER BY MAX(last_at) DESC, key_id LIMIT %d, 1000) gone'
				. ' ON gone.key_id = old.key_id',
				self::MOST_KEYS
			)
		);
	}

	/**
	 * The list.
	 *
	 * @return array[] Rows {key_id, kind, purpose, calls, items, bytes, first_at, last_at, address}, values as texts, the last use first.
	 */
	public static function rows(): array {
		$rows = Storage::db()->get_results( Storage::sql( 'SELECT * FROM %audit ORDER BY last_at DESC, key_id, kind LIMIT 1000' ), ARRAY_A );
		return is_array( $rows ) ? $rows : array();
	}

	/**
	 * Who calls, as the web server saw it: behind a proxy that is the proxy, and what a proxy tells of others can be forged.
	 *
	 * @return string An IP address, or empty.
	 */
	private static function address(): string {
		$address = isset( $_SERVER['REMOTE_ADDR'] ) && is_string( $_SERVER['REMOTE_ADDR'] ) ? $_SERVER['REMOTE_ADDR'] : '';
		return false === filter_var( $address, FILTER_VALIDATE_IP ) ? '' : $address;
	}
}
