<?php
/**
 * How long keys live.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator\Tests;

use Custom_Migrator\Failure;
use Custom_Migrator\Key;
use PHPUnit\Framework\TestCase;

final class KeyTest extends TestCase {

	const NOW = 1767225600;

	private static function key( string $purpose ): Key {
		return Key::create( 'cm_0123456789abcdef_' . str_repeat( 'ab', 32 ), $purpose, self::NOW );
	}

	public function test_parts(): void {
		$key = self::key( 'clone' );
		$this->assertSame( '0123456789abcdef', $key->id );
		$this->assertSame( str_repeat( 'ab', 32 ), $key->secret );
		$this->assertSame( 'read', $key->scope );
	}

	public function test_malformed(): void {
		$good = 'cm_0123456789abcdef_' . str_repeat( 'ab', 32 );
		$bad  = array( '', "$good\n", strtoupper( $good ), substr( $good, 0, -1 ), "x$good", 'cm__' . str_repeat( 'ab', 32 ) );
		foreach ( $bad as $text ) {
			try {
				Key::create( $text, 'clone', self::NOW );
				$this->fail( 'accepted: ' . $text );
			} catch ( Failure $failure ) {
				$this->assertSame( 'bad_request', $failure->reason() );
			}
		}
		$this->expectException( Failure::class );
		Key::create( $good, 'everything', self::NOW );
	}

	public function test_unconfirmed_clone_key_is_not_prolonged_by_use(): void {
		$key = self::key( 'clone' );
		$key->renew( self::NOW + 600 );
		$this->assertFalse( $key->is_expired( self::NOW + 899 ) );
		$this->assertTrue( $key->is_expired( self::NOW + 900 ) );
	}

	public function test_confirmed_clone_key_lives_two_hours_from_its_last_use(): void {
		$key = self::key( 'clone' );
		$key->confirm( self::NOW + 60 );
		$this->assertSame( self::NOW + 60 + 7200, $key->expires_at );
		$key->renew( self::NOW + 7000 );
		$this->assertSame( self::NOW + 7000 + 7200, $key->expires_at );
		$key->confirm( self::NOW + 7100 );
		$this->assertSame( self::NOW + 60, $key->confirmed_at );
	}

	public function test_no_clone_key_lives_longer_than_a_day(): void {
		$key = self::key( 'clone' );
		$key->confirm( self::NOW );
		$key->renew( self::NOW + 86000 );
		$this->assertSame( self::NOW + 86400, $key->expires_at );
	}

	public function test_standing_key_has_no_end(): void {
		$key = self::key( 'standing' );
		$key->confirm( self::NOW + 10 );
		$key->renew( self::NOW + 20 );
		$this->assertNull( $key->expires_at );
		$this->assertFalse( $key->is_expired( PHP_INT_MAX ) );
	}

	public function test_row(): void {
		$row = array(
			'id'           => '0123456789abcdef',
			'secret'       => str_repeat( 'ab', 32 ),
			'scope'        => 'read',
			'purpose'      => 'clone',
			'created_at'   => '1767225600',
			'expires_at'   => null,
			'confirmed_at' => '1767225601',
			'last_used_at' => null,
		);
		$key = Key::from_row( $row );
		$this->assertSame( array( 1767225600, null, 1767225601, null ), array( $key->created_at, $key->expires_at, $key->confirmed_at, $key->last_used_at ) );
	}

	public function test_view_holds_no_secret(): void {
		$this->assertStringNotContainsString( str_repeat( 'ab', 8 ), json_encode( self::key( 'clone' )->view() ) );
	}
}
