<?php
/**
 * Registering keys when the database does not go along.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator\Tests;

use Custom_Migrator\Failure;
use Custom_Migrator\Key;
use Custom_Migrator\Keys;
use Custom_Migrator\Registration;
use PHPUnit\Framework\TestCase;

require_once dirname( __DIR__ ) . '/fake-wordpress.php';

final class KeysTest extends TestCase {

	const KEY = 'cm_0123456789abcdef_abababababababababababababababababababababababababababababababab';

	protected function tearDown(): void {
		unset( $GLOBALS['wpdb'] );
	}

	private static function answer( \Fake_Wpdb $database ): \WP_Error {
		$GLOBALS['wpdb'] = $database;
		return Registration::answer(
			array(
				'key'     => self::KEY,
				'purpose' => 'clone',
			)
		);
	}

	public function test_a_lock_that_is_not_to_be_had_is_a_refusal_of_its_own(): void {
		$database = new \Fake_Wpdb( '0', 1 );
		$error    = self::answer( $database );
		$this->assertSame( 'custom_migrator_busy', $error->code );
		$this->assertSame( array( 'status' => 503 ), $error->data );
		$this->assertSame( array(), $database->written, 'nothing is written without the lock' );
	}

	public function test_missing_tables(): void {
		$database = new \Fake_Wpdb( '1', false );
		$error    = self::answer( $database );
		$this->assertSame( 'custom_migrator_storage', $error->code );
		$this->assertSame( array( 'status' => 503 ), $error->data );
		$this->assertStringStartsWith( 'DO RELEASE_LOCK', end( $database->written ) );
	}

	public function test_from_php(): void {
		$GLOBALS['wpdb'] = new \Fake_Wpdb( '0', 1 );
		try {
			Keys::register( self::KEY, 'standing' );
			$this->fail( 'registered without the lock' );
		} catch ( Failure $failure ) {
			$this->assertSame( 'busy', $failure->reason() );
		}
	}

	public function test_a_server_without_locks(): void {
		$GLOBALS['wpdb'] = new \Fake_Wpdb( null, 1 );
		$view            = Keys::add( Key::create( self::KEY, 'standing', 1767225600 ) );
		$this->assertSame(
			array(
				'id'         => '0123456789abcdef',
				'purpose'    => 'standing',
				'expires_at' => null,
			),
			$view
		);
	}
}
