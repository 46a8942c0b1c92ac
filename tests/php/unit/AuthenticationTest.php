<?php
/**
 * Who is let through, and what the others are told.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator\Tests;

use Custom_Migrator\Authentication;
use Custom_Migrator\Key;
use Custom_Migrator\Refusal;
use Custom_Migrator\Request;
use Custom_Migrator\Signature;
use PHPUnit\Framework\TestCase;

final class AuthenticationTest extends TestCase {

	const NOW = 1767225600;

	private static function key( string $digit = 'a' ): Key {
		return Key::create( 'cm_' . str_repeat( '1', 16 ) . '_' . str_repeat( $digit, 64 ), 'clone', self::NOW );
	}

	private static function request( int $time = self::NOW, string $digit = 'a' ): Request {
		$request          = new Request();
		$request->op      = 'hello';
		$request->payload = '{}';
		$request->time    = $time;
		$request->nonce   = str_repeat( '0', 32 );
		$request->mac     = Signature::of_request( str_repeat( $digit, 64 ), 'hello', '{}', $time, $request->nonce );
		return $request;
	}

	private function assert_refused( string $reason, Request $request, ?Key $key, int $now = self::NOW ): void {
		try {
			Authentication::check( $request, $key, $now );
		} catch ( Refusal $refusal ) {
			$this->assertSame( $reason, $refusal->reason() );
			return;
		}
		$this->fail( "not refused as $reason" );
	}

	public function test_the_holder_of_a_key(): void {
		$key = self::key();
		$this->assertSame( $key, Authentication::check( self::request(), $key, self::NOW ) );
	}

	public function test_strangers(): void {
		$this->assert_refused( 'unauthenticated', self::request(), null );
		$this->assert_refused( 'unauthenticated', self::request(), self::key( 'b' ) );
		// What stands in for the secret of an unknown key opens nothing.
		$this->assert_refused( 'unauthenticated', self::request( self::NOW, '0' ), null );
	}

	public function test_changed_requests(): void {
		foreach ( array( 'op' => 'db.rows', 'payload' => '{} ', 'time' => self::NOW + 1, 'nonce' => str_repeat( '1', 32 ) ) as $field => $value ) {
			$request         = self::request();
			$request->$field = $value;
			$this->assert_refused( 'unauthenticated', $request, self::key() );
		}
	}

	public function test_clock(): void {
		foreach ( array( -301, 301 ) as $offset ) {
			$this->assert_refused( 'clock', self::request( self::NOW + $offset ), self::key() );
		}
		foreach ( array( -300, 300 ) as $offset ) {
			$this->assertInstanceOf( Key::class, Authentication::check( self::request( self::NOW + $offset ), self::key(), self::NOW ) );
		}
	}

	public function test_expired(): void {
		$this->assert_refused( 'expired', self::request( self::NOW + 900 ), self::key(), self::NOW + 900 );
		// Only the holder learns that.
		$this->assert_refused( 'unauthenticated', self::request( self::NOW + 900, 'b' ), self::key(), self::NOW + 900 );
	}
}
