<?php
/**
 * Binary frames of the protocol: a length, a JSON header, bytes.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Writes the parts that requests, answers and payloads are made of.
 */
final class Frame {

	/**
	 * Encodes a 32-bit unsigned length, big endian.
	 *
	 * @param int $length Number of bytes.
	 * @return string Four bytes.
	 */
	public static function length( int $length ): string {
		return pack( 'N', $length );
	}

	/**
	 * Encodes a header: its length and its JSON.
	 *
	 * @param array $header Values that JSON can carry.
	 * @return string Bytes.
	 */
	public static function header( array $header ): string {
		$json = self::json( $header );
		return self::length( strlen( $json ) ) . $json;
	}

	/**
	 * Decodes the header that bytes begin with.
	 *
	 * @param string $bytes As header() makes it, and what follows.
	 * @return array
	 */
	public static function first_header( string $bytes ): array {
		return (array) json_decode( substr( $bytes, 4, unpack( 'N', $bytes )[1] ), true );
	}

	/**
	 * Encodes a value as JSON. Text that is not UTF-8 gets replacement characters: an answer never fails over a stray byte.
	 *
	 * @param mixed $value Anything but a resource.
	 * @return string JSON in UTF-8.
	 * @throws Failure When the value cannot be encoded.
	 */
	public static function json( $value ): string {
		$json = json_encode( $value, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE );
		if ( false === $json ) {
			throw new Failure( 'internal', 'The answer could not be encoded.' );
		}
		return $json;
	}
}
