<?php
/**
 * Programs stored in the database: triggers, which are copied, routines and events, which are not.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Lists them.
 */
final class Programs {

	const NOT_COPIED = array(
		'routine' => 'SELECT ROUTINE_NAME AS name FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE() ORDER BY ROUTINE_NAME, ROUTINE_TYPE',
		'event'   => 'SELECT EVENT_NAME AS name FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE() ORDER BY EVENT_NAME',
	);

	/**
	 * To the database.
	 *
	 * @var Connection
	 */
	private $connection;

	/**
	 * Prepares listing.
	 *
	 * @param Connection $connection To the database.
	 */
	public function __construct( Connection $connection ) {
		$this->connection = $connection;
	}

	/**
	 * The triggers of the database, in the order in which they fire.
	 *
	 * @return array[] {name, table, timing, event, statement: base64 of the body}
	 * @throws Failure `database_error`.
	 */
	public function triggers(): array {
		$rows = $this->connection->all(
			'SELECT TRIGGER_NAME AS name, EVENT_OBJECT_TABLE AS tab, ACTION_TIMING AS timing, EVENT_MANIPULATION AS event,'
			. ' ACTION_STATEMENT AS body FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = DATABASE()'
			. ' ORDER BY EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER'
		);
		return array_map(
			function ( array $row ) {
				return array(
					'name'      => $row['name'],
					'table'     => $row['tab'],
					'timing'    => $row['timing'],
					'event'     => $row['event'],
					'statement' => base64_encode( $row['body'] ),
				);
			},
			$rows
		);
	}

	/**
	 * The routines and events of the database, as far as this account sees them.
	 *
	 * @return array[] [name, reason]
	 */
	public function not_copied(): array {
		$skipped = array();
		foreach ( self::NOT_COPIED as $kind => $sql ) {
			try {
				$rows = $this->connection->all( $sql );
			} catch ( Failure $failure ) {
				// Some servers keep no events.
				continue;
			}
			foreach ( $rows as $row ) {
				$skipped[] = array( $row['name'], "$kind, not copied" );
			}
		}
		return $skipped;
	}
}
