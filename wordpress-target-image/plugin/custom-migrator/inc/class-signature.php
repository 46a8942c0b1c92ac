<?php
/**
 * Signatures of requests and answers (HMAC-SHA256).
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * What is signed, and how it is compared. The URL is left out: proxies change it.
 */
final class Signature {

	/**
	 * Signs a request.
	 *
	 * @param string $secret  The key's secret, 64 hex digits, used as it is written.
	 * @param string $op      Operation.
	 * @param string $payload Arguments as sent.
	 * @param int    $time    Unix seconds.
	 * @param string $nonce   32 hex digits.
	 * @return string 64 hex digits.
	 */
	public static function of_request( string $secret, string $op, string $payload, int $time, string $nonce ): string {
		$text = "cm1-request\n$op\n" . hash( 'sha256', $payload ) . "\n$time\n$nonce";
		return hash_hmac( 'sha256', $text, $secret );
	}

	/**
	 * Signs an answer. The request's nonce binds it to that request, so that a cached page is noticed.
	 *
	 * @param string $secret         The key's secret.
	 * @param string $op             Operation of the request.
	 * @param string $status         `ok` or `error`.
	 * @param string $nonce          Nonce of the request.
	 * @param string $payload_sha256 Digest of the payload, 64 hex digits.
	 * @return string 64 hex digits.
	 */
	public static function of_answer( string $secret, string $op, string $status, string $nonce, string $payload_sha256 ): string {
		return hash_hmac( 'sha256', "cm1-response\n$op\n$status\n$nonce\n$payload_sha256", $secret );
	}

	/**
	 * Compares two signatures in constant time.
	 *
	 * @param string $expected Ours.
	 * @param string $given    The caller's.
	 * @return bool
	 */
	public static function same( string $expected, string $given ): bool {
		return hash_equals( $expected, $given );
	}
}
