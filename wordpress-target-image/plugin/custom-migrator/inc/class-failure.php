<?php
/**
 * Errors that are answered with a signed error payload.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * An operation that could not be done, with a code for the caller. Codes: `not_found`, `bad_request`, `forbidden`, `unreadable`,
 * `database_error`, `query_limit`, `too_long`, `budget`, `internal`.
 */
final class Failure extends \Exception {

	/**
	 * Stable code for the caller.
	 *
	 * @var string
	 */
	private $reason;

	/**
	 * Makes a failure.
	 *
	 * @param string $reason  One of the codes above.
	 * @param string $message A sentence without secrets.
	 */
	public function __construct( string $reason, string $message ) {
		parent::__construct( $message );
		$this->reason = $reason;
	}

	/**
	 * Stable code for the caller.
	 *
	 * @return string
	 */
	public function reason(): string {
		return $this->reason;
	}
}
