<?php
/**
 * Which bodies are requests, and which of them are well formed.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator\Tests;

use Custom_Migrator\Frame;
use Custom_Migrator\Refusal;
use Custom_Migrator\Request;
use PHPUnit\Framework\TestCase;

final class RequestTest extends TestCase {

	private static function header( array $changes = array() ): array {
		return array_merge(
			array(
				'op'    => 'files.list',
				'key'   => '0123456789abcdef',
				'ts'    => 1767225600,
				'nonce' => str_repeat( 'ab', 16 ),
				'mac'   => str_repeat( 'cd', 32 ),
			),
			$changes
		);
	}

	private static function body( array $header, string $payload = '{}' ): string {
		return Request::MAGIC . Frame::header( $header ) . $payload;
	}

	private function assert_refused( string $body, string $what ): void {
		try {
			Request::parse( $body );
		} catch ( Refusal $refusal ) {
			$this->assertSame( 'unauthenticated', $refusal->reason(), $what );
			return;
		}
		$this->fail( "not refused: $what" );
	}

	public function test_well_formed(): void {
		$request = Request::parse( self::body( self::header(), "{\"a\":1}\n" ) );
		$this->assertSame( 'files.list', $request->op );
		$this->assertSame( '0123456789abcdef', $request->key_id );
		$this->assertSame( 1767225600, $request->time );
		$this->assertSame( str_repeat( 'ab', 16 ), $request->nonce );
		$this->assertSame( str_repeat( 'cd', 32 ), $request->mac );
		$this->assertSame( "{\"a\":1}\n", $request->payload );
	}

	public function test_without_payload(): void {
		$this->assertSame( '', Request::parse( self::body( self::header(), '' ) )->payload );
	}

	public function test_is_request(): void {
		$this->assertTrue( Request::is_request( "CMREQ1\n" ) );
		foreach ( array( '', 'CMREQ1', 'a=1', ' CMREQ1' . "\n", "CMREQ2\n" ) as $other ) {
			$this->assertFalse( Request::is_request( $other ) );
		}
	}

	public function test_wrong_fields(): void {
		$wrong = array(
			'op'    => array( null, '', 1, array( 'hello' ), 'Hello', "hello\n", '../x', 'a.b.c' ),
			'key'   => array( null, '', 1, array( '0123456789abcdef' ), '0123456789ABCDEF', "0123456789abcdef\n", '0123456789abcde' ),
			'ts'    => array( null, '1767225600', 1767225600.5, true, array( 1767225600 ) ),
			'nonce' => array( null, '', array( str_repeat( 'ab', 16 ) ), str_repeat( 'ab', 15 ), str_repeat( 'ab', 16 ) . "\n", 5 ),
			'mac'   => array( null, '', array(), array( str_repeat( 'cd', 32 ) ), str_repeat( 'CD', 32 ), true, 0 ),
		);
		foreach ( $wrong as $field => $values ) {
			foreach ( $values as $value ) {
				$this->assert_refused( self::body( self::header( array( $field => $value ) ) ), $field . ' ' . json_encode( $value ) );
			}
			$this->assert_refused( self::body( array_diff_key( self::header(), array( $field => 0 ) ) ), "without $field" );
		}
	}

	public function test_wrong_frames(): void {
		$whole = self::body( self::header() );
		for ( $length = 0; $length < strlen( $whole ) - 2; $length++ ) {
			$this->assert_refused( substr( $whole, 0, $length ), "cut at $length" );
		}
		$this->assert_refused( Request::MAGIC . pack( 'N', 4294967295 ) . '{}', 'a length of 4 GB' );
		$this->assert_refused( Request::MAGIC . pack( 'N', 5000 ) . str_repeat( ' ', 5000 ), 'a header of 5,000 bytes' );
		$this->assert_refused( self::body( self::header(), str_repeat( 'x', Request::MAX_BYTES ) ), 'a body above 1 MiB' );
		foreach ( array( '"text"', '5', 'null', '[]', '{"op":', '[[[[[[]]]]]]' ) as $json ) {
			$this->assert_refused( Request::MAGIC . pack( 'N', strlen( $json ) ) . $json, $json );
		}
	}
}
