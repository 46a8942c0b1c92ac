<?php
/**
 * Signatures against values computed by another implementation (Python's hmac and hashlib).
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator\Tests;

use Custom_Migrator\Answer;
use Custom_Migrator\Payload;
use Custom_Migrator\Request;
use Custom_Migrator\Signature;
use PHPUnit\Framework\TestCase;

final class SignatureTest extends TestCase {

	const SECRET = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff';
	const NONCE  = '0123456789abcdef0123456789abcdef';

	public function test_request(): void {
		$this->assertSame(
			'fa6e51c365764aa31dcc70d9ec4f3d1ddc3425cdd38a56a3467bc2581645b730',
			Signature::of_request( self::SECRET, 'files.list', '{"root":"core"}', 1767225600, self::NONCE )
		);
	}

	public function test_answer(): void {
		$this->assertSame(
			'a0bba8df863fc1f028c1607f77ab4f64412c48c03004939bc3b0ee36e54a71ed',
			Signature::of_answer( self::SECRET, 'files.list', 'ok', self::NONCE, hash( 'sha256', "a\0b" ) )
		);
	}

	public function test_every_part_of_an_answer_is_signed(): void {
		$digest = hash( 'sha256', 'x' );
		$macs   = array(
			Signature::of_answer( self::SECRET, 'hello', 'ok', self::NONCE, $digest ),
			Signature::of_answer( self::SECRET, 'hello', 'error', self::NONCE, $digest ),
			Signature::of_answer( self::SECRET, 'db.count', 'ok', self::NONCE, $digest ),
			Signature::of_answer( self::SECRET, 'hello', 'ok', strrev( self::NONCE ), $digest ),
			Signature::of_answer( self::SECRET, 'hello', 'ok', self::NONCE, hash( 'sha256', 'y' ) ),
			Signature::of_answer( strrev( self::SECRET ), 'hello', 'ok', self::NONCE, $digest ),
		);
		$this->assertCount( 6, array_unique( $macs ) );
	}

	public function test_head_of_an_answer(): void {
		$request        = new Request();
		$request->op    = 'hello';
		$request->nonce = self::NONCE;
		$payload        = new Payload();
		$payload->add( "a\0" );
		$payload->add( 'b' );

		$head   = Answer::head( self::SECRET, $request, 'ok', $payload );
		$length = unpack( 'N', $head, 8 )[1];

		$this->assertSame( "\0CMRES1\0", substr( $head, 0, 8 ) );
		$this->assertSame( 12 + $length, strlen( $head ) );
		$this->assertSame(
			array(
				'status' => 'ok',
				'nonce'  => self::NONCE,
				'length' => 3,
				'mac'    => Signature::of_answer( self::SECRET, 'hello', 'ok', self::NONCE, hash( 'sha256', "a\0b" ) ),
			),
			json_decode( substr( $head, 12 ), true )
		);
	}
}
