<?php
/**
 * What the forms of the page under Tools do.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Revokes, makes and registers keys; runs before the page is printed.
 */
final class Settings_Work {

	const WORKS = array( 'revoke', 'make', 'register' );

	/**
	 * What came of it: {code, text, key (only in the answer in which it was made)}; null when nothing was asked.
	 *
	 * @var array|null
	 */
	private static $outcome = null;

	/**
	 * Does what a form asks for.
	 *
	 * @return void
	 */
	public static function run() {
		$work = self::posted( 'custom_migrator_work' );
		if ( ! in_array( $work, self::WORKS, true ) ) {
			return;
		}
		$id = 'revoke' === $work ? self::posted( 'custom_migrator_id' ) : '';
		if ( ! current_user_can( Settings_Page::CAPABILITY ) ) {
			wp_die( esc_html__( 'You may not do this.', 'custom-migrator' ), '', array( 'response' => 403 ) );
		}
		check_admin_referer( self::nonce( $work, $id ) );
		// A page with a key in it is kept by nobody.
		header( 'Cache-Control: no-store, no-cache, private, max-age=0' );
		try {
			self::$outcome = 'revoke' === $work ? self::revoke( $id ) : ( 'make' === $work ? self::make() : self::register() );
		} catch ( Failure $failure ) {
			self::$outcome = self::failed( $failure );
		}
	}

	/**
	 * Name of the nonce of a form.
	 *
	 * @param string $work One of WORKS.
	 * @param string $id   Of the key, if it is about one.
	 * @return string
	 */
	public static function nonce( string $work, string $id ): string {
		return "custom-migrator-$work-$id";
	}

	/**
	 * Prints what came of it. The code is for the service that registers a key here.
	 *
	 * @return void
	 */
	public static function show_outcome() {
		if ( null === self::$outcome ) {
			return;
		}
		printf(
			'<div class="notice notice-%s" id="custom-migrator-outcome"><p>%s <code class="hidden">%s</code></p>',
			esc_attr( self::$outcome['kind'] ),
			esc_html( self::$outcome['text'] ),
			esc_html( self::$outcome['code'] )
		);
		if ( isset( self::$outcome['key'] ) ) {
			printf(
				'<p><input type="text" readonly class="large-text code" id="custom-migrator-new-key" value="%s" aria-label="%s"></p>',
				esc_attr( self::$outcome['key'] ),
				esc_attr__( 'Key', 'custom-migrator' )
			);
		}
		echo '</div>';
	}

	/**
	 * Revokes a key. With the last one the plugin goes, and the answer is a page of WordPress's own.
	 *
	 * @param string $id Of the key.
	 * @return array Outcome.
	 * @throws Failure `bad_request` when it is no id.
	 */
	private static function revoke( string $id ): array {
		if ( 1 !== preg_match( '/\A[0-9a-f]{16}\z/', $id ) ) {
			throw new Failure( 'bad_request', 'There is no such key.' );
		}
		$texts = array(
			__( 'The last key was revoked, and the plugin has removed itself.', 'custom-migrator' ),
			__( 'These could not be deleted; they do nothing any more. Delete them yourself:', 'custom-migrator' ),
			__( 'Plugins', 'custom-migrator' ),
		);
		$left  = Lifecycle::revoke( $id );
		if ( null !== $left ) {
			self::say_goodbye( $texts, $left );
		}
		return self::outcome( 'success', 'revoked', __( 'The key was revoked.', 'custom-migrator' ) );
	}

	/**
	 * Says that the plugin is gone, with nothing of it but this class.
	 *
	 * @param string[] $texts Three sentences, translated.
	 * @param string[] $left  Absolute paths that could not be deleted.
	 * @return void
	 */
	private static function say_goodbye( array $texts, array $left ) {
		$html = '<p>' . esc_html( $texts[0] ) . '</p>';
		if ( array() !== $left ) {
			$html .= '<p>' . esc_html( $texts[1] ) . '</p><ul><li>' . implode( '</li><li>', array_map( 'esc_html', $left ) ) . '</li></ul>';
		}
		$html .= '<p><a href="' . esc_url( admin_url( 'plugins.php' ) ) . '">' . esc_html( $texts[2] ) . '</a></p>';
		wp_die( $html, esc_html( $texts[0] ), array( 'response' => 200 ) );
	}

	/**
	 * Makes a standing key. It is stored as what signs, and shown in this answer alone.
	 *
	 * @return array Outcome.
	 * @throws Failure As Keys::register().
	 */
	private static function make(): array {
		$key = 'cm_' . bin2hex( random_bytes( 8 ) ) . '_' . bin2hex( random_bytes( 32 ) );
		Keys::register( $key, 'standing' );
		$text = __( 'The key was made. Copy it now: it is not shown again.', 'custom-migrator' );
		return self::outcome( 'success', 'made', $text ) + array( 'key' => $key );
	}

	/**
	 * Registers a key that somebody else has made, for one copy.
	 *
	 * @return array Outcome.
	 * @throws Failure As Keys::register().
	 */
	private static function register(): array {
		$view = Keys::register( trim( self::posted( 'custom_migrator_key' ) ), 'clone' );
		if ( null !== $view['expires_at'] ) {
			Lifecycle::check_at( $view['expires_at'] );
		}
		return self::outcome( 'success', 'registered-' . $view['id'], __( 'The key was registered.', 'custom-migrator' ) );
	}

	/**
	 * The outcome of what failed.
	 *
	 * @param Failure $failure Why.
	 * @return array Outcome.
	 */
	private static function failed( Failure $failure ): array {
		$texts = array(
			'bad_request' => __( 'This is no such key.', 'custom-migrator' ),
			'key_taken'   => __( 'Another key has this name.', 'custom-migrator' ),
			'busy'        => __( 'Another request of this site does the same at this moment. Try again.', 'custom-migrator' ),
			'storage'     => __( 'The database of this site did not take it.', 'custom-migrator' ),
		);
		$known = isset( $texts[ $failure->reason() ] );
		return self::outcome( 'error', $failure->reason(), $known ? $texts[ $failure->reason() ] : $texts['storage'] );
	}

	/**
	 * An outcome.
	 *
	 * @param string $kind `success` or `error`.
	 * @param string $code For machines.
	 * @param string $text For people.
	 * @return array
	 */
	private static function outcome( string $kind, string $code, string $text ): array {
		return array(
			'kind' => $kind,
			'code' => $code,
			'text' => $text,
		);
	}

	/**
	 * A field of the form that was sent.
	 *
	 * @param string $name Of the field.
	 * @return string Empty where there is none, or no text.
	 */
	private static function posted( string $name ): string {
		return isset( $_POST[ $name ] ) && is_string( $_POST[ $name ] ) ? wp_unslash( $_POST[ $name ] ) : '';
	}
}
