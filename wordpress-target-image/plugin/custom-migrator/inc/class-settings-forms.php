<?php
/**
 * The forms of the page under Tools. Each has a nonce of its own, which Settings_Work asks for.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Prints forms.
 */
final class Settings_Forms {

	/**
	 * The button that revokes a key.
	 *
	 * @param string $id Of the key.
	 * @return void
	 */
	public static function show_revoke( string $id ) {
		self::open( 'revoke', $id );
		printf( '<input type="hidden" name="custom_migrator_id" value="%s">', esc_attr( $id ) );
		self::close( __( 'Revoke', 'custom-migrator' ) );
	}

	/**
	 * The button that makes a standing key.
	 *
	 * @return void
	 */
	public static function show_make() {
		printf(
			'<h2>%s</h2><p>%s</p>',
			esc_html__( 'Make a standing key', 'custom-migrator' ),
			esc_html__( 'It can be used until you revoke it here, for any number of copies. It is shown once.', 'custom-migrator' )
		);
		self::open( 'make' );
		self::close( __( 'Make a standing key', 'custom-migrator' ) );
	}

	/**
	 * The form that registers a key which somebody else has made: the way in where a site closes its REST API.
	 *
	 * @return void
	 */
	public static function show_register() {
		printf(
			'<h2>%s</h2><p>%s</p>',
			esc_html__( 'Register a key for one copy', 'custom-migrator' ),
			esc_html__( 'For a key that the copying service gave you. It ends by itself, after a day at the latest.', 'custom-migrator' )
		);
		self::open( 'register' );
		printf(
			'<input type="text" name="custom_migrator_key" class="regular-text code" autocomplete="off" aria-label="%s"> ',
			esc_attr__( 'Key', 'custom-migrator' )
		);
		self::close( __( 'Register', 'custom-migrator' ) );
	}

	/**
	 * Opens a form.
	 *
	 * @param string $work What it does: one of Settings_Work::WORKS.
	 * @param string $id   Of the key it does that to, if to one.
	 * @return void
	 */
	private static function open( string $work, string $id = '' ) {
		printf(
			'<form method="post" action="%s"><input type="hidden" name="custom_migrator_work" value="%s">',
			esc_url( Settings_Page::url() ),
			esc_attr( $work )
		);
		wp_nonce_field( Settings_Work::nonce( $work, $id ), '_wpnonce', false );
	}

	/**
	 * Closes a form.
	 *
	 * @param string $label Of its button.
	 * @return void
	 */
	private static function close( string $label ) {
		printf( '<button type="submit" class="button">%s</button></form>', esc_html( $label ) );
	}
}
