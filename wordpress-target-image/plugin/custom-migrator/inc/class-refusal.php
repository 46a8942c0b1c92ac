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
 * Answered with HTTP 403 and no signature. Reasons: `unauthenticated`, `expired`, `clock`.
 */
final class Refusal extends \Exception {

	/**
	 * Makes a refusal.
	 *
	 * @param string $reason One of the reasons above.
	 */
	public function __construct( string $reason ) {
		parent::__construct( $reason );
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
