<?php
/**
 * Paths as they travel: percent-encoded bytes, parts divided by slashes.
 *
 * JSON carries no bytes that are not UTF-8, file names do.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Encodes and decodes relative paths.
 */
final class Path {

	/**
	 * Encodes a path.
	 *
	 * @param string[] $parts Names of folders and, last, of the thing itself: raw bytes.
	 * @return string RFC 3986 percent-encoding, parts joined by `/`.
	 */
	public static function encode( array $parts ): string {
		return implode( '/', array_map( 'rawurlencode', $parts ) );
	}

	/**
	 * Decodes a path and refuses every way out of a folder.
	 *
	 * @param string $path As encode() makes it.
	 * @return string[] Names, raw bytes; never empty.
	 * @throws Failure `not_found` when a part is empty, `.` or `..`, or holds a slash, a NUL or (on Windows) a backslash or colon.
	 */
	public static function decode( string $path ): array {
		$parts = array_map( 'rawurldecode', explode( '/', $path ) );
		foreach ( $parts as $part ) {
			if ( ! self::is_name( $part ) ) {
				throw new Failure( 'not_found', 'There is no such path.' );
			}
		}
		return $parts;
	}

	/**
	 * Says whether a text can be the name of one thing in a folder.
	 *
	 * @param string $part Raw bytes.
	 * @return bool
	 */
	private static function is_name( string $part ): bool {
		$forbidden = '\\' === DIRECTORY_SEPARATOR ? "/\0\\:" : "/\0";
		return '' !== $part && '.' !== $part && '..' !== $part && strcspn( $part, $forbidden ) === strlen( $part );
	}
}
