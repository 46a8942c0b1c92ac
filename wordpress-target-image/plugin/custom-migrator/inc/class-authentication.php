<?php
/**
 * Who calls: signature, end of the key, clock.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Judges a request by its key. The nonce is used up afterwards, so that only a key's holder can fill that table.
 */
final class Authentication {

	const CLOCK_SECONDS = 300;

	/**
	 * Lets a request through or refuses it.
	 *
	 * @param Request  $request The request.
	 * @param Key|null $key     The key it names, if there is one.
	 * @param int      $now     Unix seconds.
	 * @return Key
	 * @throws Refusal `unauthenticated`, `expired` or `clock`; the latter two only to the holder of the key.
	 */
	public static function check( Request $request, $key, int $now ): Key {
		// An unknown key takes as long as a wrong signature.
		$secret = null === $key ? str_repeat( '0', 64 ) : $key->secret;
		$mac    = Signature::of_request( $secret, $request->op, $request->payload, $request->time, $request->nonce );
		if ( ! Signature::same( $mac, $request->mac ) || null === $key ) {
			throw new Refusal( 'unauthenticated' );
		}
		if ( $key->is_expired( $now ) ) {
			throw new Refusal( 'expired' );
		}
		if ( abs( $now - $request->time ) > self::CLOCK_SECONDS ) {
			throw new Refusal( 'clock' );
		}
		return $key;
	}
}
