<?php
/**
 * One key and the rules of its life.
 *
 * A `clone` key lives 15 minutes until it is confirmed (somebody really uses it), then 2 hours from its last use, 24 hours at
 * most. A `standing` key belongs to the site's owner and lives until it is revoked.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * A row of the key table. Times are unix seconds.
 */
final class Key {

	const FORM                = '/\Acm_([0-9a-f]{16})_([0-9a-f]{64})\z/';
	const PURPOSES            = array( 'clone', 'standing' );
	const UNCONFIRMED_SECONDS = 900;
	const CONFIRMED_SECONDS   = 7200;
	const LONGEST_SECONDS     = 86400;

	/**
	 * Public name of the key, 16 hex digits.
	 *
	 * @var string
	 */
	public $id;

	/**
	 * What signs, 64 hex digits.
	 *
	 * @var string
	 */
	public $secret;

	/**
	 * What it may do: `read`.
	 *
	 * @var string
	 */
	public $scope = 'read';

	/**
	 * What it is for: `clone` or `standing`.
	 *
	 * @var string
	 */
	public $purpose;

	/**
	 * When it was registered.
	 *
	 * @var int
	 */
	public $created_at;

	/**
	 * When it ends; null for never.
	 *
	 * @var int|null
	 */
	public $expires_at = null;

	/**
	 * When it was confirmed; null while it is not.
	 *
	 * @var int|null
	 */
	public $confirmed_at = null;

	/**
	 * When it was last used, to the minute; null for never.
	 *
	 * @var int|null
	 */
	public $last_used_at = null;

	/**
	 * A new key.
	 *
	 * @param string $key     `cm_<id>_<secret>`.
	 * @param string $purpose `clone` or `standing`.
	 * @param int    $now     Unix seconds.
	 * @return self
	 * @throws Failure `bad_request` when key or purpose have the wrong form.
	 */
	public static function create( string $key, string $purpose, int $now ): self {
		if ( 1 !== preg_match( self::FORM, $key, $parts ) || ! in_array( $purpose, self::PURPOSES, true ) ) {
			throw new Failure( 'bad_request', 'The key or its purpose has the wrong form.' );
		}
		$new               = new self();
		$new->id           = $parts[1];
		$new->secret       = $parts[2];
		$new->purpose      = $purpose;
		$new->created_at   = $now;
		$new->expires_at   = 'standing' === $purpose ? null : $now + self::UNCONFIRMED_SECONDS;
		$new->confirmed_at = 'standing' === $purpose ? $now : null;
		return $new;
	}

	/**
	 * A key from the table.
	 *
	 * @param array $row Columns by name, values as texts.
	 * @return self
	 */
	public static function from_row( array $row ): self {
		$key          = new self();
		$key->id      = $row['id'];
		$key->secret  = $row['secret'];
		$key->scope   = $row['scope'];
		$key->purpose = $row['purpose'];
		foreach ( array( 'created_at', 'expires_at', 'confirmed_at', 'last_used_at' ) as $time ) {
			$key->$time = null === $row[ $time ] ? null : (int) $row[ $time ];
		}
		return $key;
	}

	/**
	 * Says whether its time is over.
	 *
	 * @param int $now Unix seconds.
	 * @return bool
	 */
	public function is_expired( int $now ): bool {
		return null !== $this->expires_at && $this->expires_at <= $now;
	}

	/**
	 * Confirms it.
	 *
	 * @param int $now Unix seconds.
	 * @return void
	 */
	public function confirm( int $now ) {
		$this->confirmed_at = null === $this->confirmed_at ? $now : $this->confirmed_at;
		$this->renew( $now );
	}

	/**
	 * Takes note of a use, which prolongs a confirmed key.
	 *
	 * @param int $now Unix seconds.
	 * @return void
	 */
	public function renew( int $now ) {
		$this->last_used_at = $now;
		if ( null !== $this->expires_at && null !== $this->confirmed_at ) {
			$this->expires_at = min( $now + self::CONFIRMED_SECONDS, $this->created_at + self::LONGEST_SECONDS );
		}
	}

	/**
	 * What may be told about it: never the secret.
	 *
	 * @return array {purpose, expires_at}
	 */
	public function view(): array {
		return array(
			'purpose'    => $this->purpose,
			'expires_at' => $this->expires_at,
		);
	}
}
