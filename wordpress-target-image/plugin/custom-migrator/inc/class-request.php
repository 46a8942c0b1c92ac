<?php
/**
 * One request as it came over the wire, its form checked but its signature not.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Parses `CMREQ1\n`, a header length, a JSON header and the arguments.
 */
final class Request {

	const MAGIC            = "CMREQ1\n";
	const MAX_BYTES        = 1048576;
	const MAX_HEADER_BYTES = 4096;

	/**
	 * Operation, for example `files.list`.
	 *
	 * @var string
	 */
	public $op;

	/**
	 * Id of the key, 16 hex digits.
	 *
	 * @var string
	 */
	public $key_id;

	/**
	 * When the caller signed, unix seconds by its own clock.
	 *
	 * @var int
	 */
	public $time;

	/**
	 * Number used once, 32 hex digits.
	 *
	 * @var string
	 */
	public $nonce;

	/**
	 * The caller's signature, 64 hex digits.
	 *
	 * @var string
	 */
	public $mac;

	/**
	 * Arguments as sent: what the signature covers.
	 *
	 * @var string
	 */
	public $payload;

	/**
	 * Says whether a body is a request of this protocol at all.
	 *
	 * @param string $body Body of an HTTP request.
	 * @return bool
	 */
	public static function is_request( string $body ): bool {
		return 0 === strncmp( $body, self::MAGIC, strlen( self::MAGIC ) );
	}

	/**
	 * Parses a body. Whatever is not exactly of the form is refused, an array in place of a string for one.
	 *
	 * @param string $body Body of an HTTP request.
	 * @return self
	 * @throws Refusal When the form is wrong.
	 */
	public static function parse( string $body ): self {
		$start  = strlen( self::MAGIC ) + 4;
		$length = strlen( $body ) >= $start ? unpack( 'N', $body, $start - 4 )[1] : 0;
		if ( ! self::is_request( $body ) || $length < 2 || $length > self::MAX_HEADER_BYTES
			|| strlen( $body ) > self::MAX_BYTES || strlen( $body ) < $start + $length ) {
			throw new Refusal( 'unauthenticated' );
		}
		$header = json_decode( substr( $body, $start, $length ), true, 4 );
		return self::from_header( is_array( $header ) ? $header : array(), (string) substr( $body, $start + $length ) );
	}

	/**
	 * Checks the header's fields.
	 *
	 * @param array  $header  Decoded JSON.
	 * @param string $payload Arguments as sent.
	 * @return self
	 * @throws Refusal When a field is missing or of the wrong type or form.
	 */
	private static function from_header( array $header, string $payload ): self {
		$request          = new self();
		$request->op      = self::text( $header, 'op', '/\A[a-z]{1,16}(\.[a-z]{1,16})?\z/' );
		$request->key_id  = self::text( $header, 'key', '/\A[0-9a-f]{16}\z/' );
		$request->nonce   = self::text( $header, 'nonce', '/\A[0-9a-f]{32}\z/' );
		$request->mac     = self::text( $header, 'mac', '/\A[0-9a-f]{64}\z/' );
		$request->payload = $payload;
		if ( ! isset( $header['ts'] ) || ! is_int( $header['ts'] ) ) {
			throw new Refusal( 'unauthenticated' );
		}
		$request->time = $header['ts'];
		return $request;
	}

	/**
	 * Takes a text field of the header.
	 *
	 * @param array  $header  Decoded JSON.
	 * @param string $name    Field.
	 * @param string $pattern What it must match.
	 * @return string
	 * @throws Refusal When it does not.
	 */
	private static function text( array $header, string $name, string $pattern ): string {
		if ( ! isset( $header[ $name ] ) || ! is_string( $header[ $name ] ) || 1 !== preg_match( $pattern, $header[ $name ] ) ) {
			throw new Refusal( 'unauthenticated' );
		}
		return $header[ $name ];
	}
}
