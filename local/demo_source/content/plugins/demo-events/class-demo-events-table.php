<?php
/**
 * The plugin's own table.
 */

final class Demo_Events_Table {

	/** @return string Name of the table. */
	public static function name() {
		global $wpdb;
		return $wpdb->prefix . 'demo_events';
	}

	/**
	 * Without a collation of its own, as many plugins do: the table gets the database server's default.
	 */
	public static function create() {
		global $wpdb;
		$name = self::name();
		$wpdb->query(
			"CREATE TABLE IF NOT EXISTS $name (
				id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
				slug VARCHAR(120) NOT NULL,
				title VARCHAR(250) NOT NULL,
				starts_at DATETIME NOT NULL,
				cover_url VARCHAR(255) NOT NULL DEFAULT '',
				place LONGTEXT NOT NULL COMMENT 'serialized',
				links LONGTEXT NOT NULL COMMENT 'JSON',
				PRIMARY KEY (id),
				UNIQUE KEY slug (slug),
				KEY starts_at (starts_at)
			) DEFAULT CHARSET=utf8mb4"
		);
	}

	/**
	 * @param array $event slug, title, starts_at (`Y-m-d H:i:s`), cover_url, place (array), links (array).
	 */
	public static function insert( array $event ) {
		global $wpdb;
		$event['place'] = serialize( $event['place'] );
		$event['links'] = wp_json_encode( $event['links'] );
		$wpdb->insert( self::name(), $event );
	}

	/**
	 * @param int $limit At most so many.
	 * @return array[] Events in the order of their start, `place` and `links` decoded.
	 */
	public static function first( $limit ) {
		global $wpdb;
		$sql  = $wpdb->prepare( 'SELECT * FROM ' . self::name() . ' ORDER BY starts_at, id LIMIT %d', $limit );
		$rows = $wpdb->get_results( $sql, ARRAY_A );
		foreach ( $rows as &$row ) {
			$row['place'] = unserialize( $row['place'], array( 'allowed_classes' => false ) );
			$row['links'] = json_decode( $row['links'], true );
		}
		return $rows;
	}
}
