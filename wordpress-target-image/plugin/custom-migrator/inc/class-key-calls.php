<?php
/**
 * The operations `key.confirm` and `key.revoke`.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * What a key can do to itself.
 */
final class Key_Calls {

	/**
	 * Confirms the key: from now on it lives as long as it is used.
	 *
	 * @param Arguments $arguments None.
	 * @param Key       $key       The caller's.
	 * @return Payload {purpose, expires_at}
	 */
	public static function key_confirm( Arguments $arguments, Key $key ): Payload {
		$old = clone $key;
		$key->confirm( time() );
		Keys::save( $key, $old );
		return Payload::json( $key->view() );
	}

	/**
	 * Deletes the key and, with the last one, the plugin and all it has stored.
	 *
	 * @param Arguments $arguments None.
	 * @param Key       $key       The caller's.
	 * @return Payload {removed: whether the plugin is gone, left: percent-encoded absolute paths that could not be deleted}
	 */
	public static function key_revoke( Arguments $arguments, Key $key ): Payload {
		// The answer needs these after their files are deleted.
		array_map( 'class_exists', array( Audit::class, Payload::class, Frame::class, Answer::class, Signature::class, Path::class, Failure::class ) );
		$left = Lifecycle::revoke( $key->id );
		return Payload::json(
			array(
				'removed' => is_array( $left ),
				'left'    => is_array( $left ) ? array_map( array( self::class, 'encode' ), $left ) : array(),
			)
		);
	}

	/**
	 * Encodes an absolute path.
	 *
	 * @param string $path Raw bytes.
	 * @return string
	 */
	private static function encode( string $path ): string {
		return Path::encode( explode( '/', $path ) );
	}
}
