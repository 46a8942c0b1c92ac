<?php
/**
 * Calls that are not answered because the caller did not prove who it is.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Answered without a signature: with HTTP 403 for the reasons `unauthenticated`, `expired` and `clock`; with HTTP 503 and Retry-After
 * for `unavailable` and `query_limit`, when the database does not say who calls.
 */
final class Refusal extends \Exception {

	const WAITS = array(
		'unavailable' => 10,
		'query_limit' => 60,
	);

	/**
	 * Makes a refusal.
	 *
	 * @param string $reason One of the reasons above.
	 */
	public function __construct( string $reason ) {
		parent::__construct( $reason );
	}

	/**
	 * A refusal because the database does not answer.
	 *
	 * @param int $error The server's error number.
	 * @return self
	 */
	public static function of_database( int $error ): self {
		return new self( Connection::LIMIT_REACHED === $error ? 'query_limit' : 'unavailable' );
	}

	/**
	 * After how many seconds the caller may try again.
	 *
	 * @return int 0 where that is pointless.
	 */
	public function wait(): int {
		$waits = self::WAITS;
		return isset( $waits[ $this->reason() ] ) ? $waits[ $this->reason() ] : 0;
	}

	/**
	 * Stable code for the caller.
	 *
	 * @return string
	 */
	public function reason(): string {
		return $this->getMessage();
	}
}
