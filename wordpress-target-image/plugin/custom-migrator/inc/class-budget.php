<?php
/**
 * How much one call may answer, and for how long it may work.
 *
 * Hosts stop a request after 20 or 30 seconds and at 64 MB; a call of ours stays well below and lets the caller ask again.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Counts bytes and seconds.
 */
final class Budget {

	const LEAST_BYTES = 65536;
	const MOST_BYTES  = 16777216;
	const KEPT_BYTES  = 4194304;
	const SECONDS     = 5.0;
	// For a bucket of a table without a key: it has to come in one piece.
	const MOST_SECONDS = 20.0;

	/**
	 * Bytes that may still be answered.
	 *
	 * @var int
	 */
	private $left;

	/**
	 * When to stop, in seconds of microtime().
	 *
	 * @var float
	 */
	private $deadline;

	/**
	 * Makes a budget.
	 *
	 * @param int   $bytes   Bytes that may be answered.
	 * @param float $seconds Seconds that may be worked.
	 */
	public function __construct( int $bytes, float $seconds = self::SECONDS ) {
		$this->left     = $bytes;
		$this->deadline = microtime( true ) + $seconds;
	}

	/**
	 * The budget of this call: what the caller wants, capped by what the host has.
	 *
	 * @param Arguments $arguments With `budget` in bytes, or without.
	 * @return self
	 */
	public static function of_call( Arguments $arguments ): self {
		$wanted = $arguments->number( 'budget', self::MOST_BYTES, 1 );
		return new self( max( self::LEAST_BYTES, min( $wanted, self::of_host() ) ) );
	}

	/**
	 * The budget of a call that cannot answer a part: all that the host has, and nearly the time that hosts give.
	 *
	 * @return self
	 */
	public static function of_bucket(): self {
		return new self( self::of_host(), self::MOST_SECONDS );
	}

	/**
	 * The most that one call answers on this host: half of the memory that is left, at most 16 MiB.
	 *
	 * @return int Bytes.
	 */
	public static function of_host(): int {
		$limit = wp_convert_hr_to_bytes( (string) ini_get( 'memory_limit' ) );
		if ( $limit <= 0 ) {
			return self::MOST_BYTES;
		}
		$free = $limit - memory_get_usage( true ) - self::KEPT_BYTES;
		return (int) max( self::LEAST_BYTES, min( self::MOST_BYTES, $free / 2 ) );
	}

	/**
	 * Uses up bytes.
	 *
	 * @param int $bytes Number of bytes.
	 * @return void
	 */
	public function take( int $bytes ) {
		$this->left -= $bytes;
	}

	/**
	 * Bytes that may still be answered; never negative.
	 *
	 * @return int
	 */
	public function left(): int {
		return max( 0, $this->left );
	}

	/**
	 * Says whether the time is over.
	 *
	 * @return bool
	 */
	public function is_late(): bool {
		return microtime( true ) >= $this->deadline;
	}

	/**
	 * Says whether bytes or time are used up.
	 *
	 * @return bool
	 */
	public function is_spent(): bool {
		return $this->left <= 0 || $this->is_late();
	}
}
