<?php
/**
 * Payloads, frames and budgets.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator\Tests;

use Custom_Migrator\Arguments;
use Custom_Migrator\Budget;
use Custom_Migrator\Failure;
use Custom_Migrator\Frame;
use Custom_Migrator\Payload;
use PHPUnit\Framework\TestCase;

final class PayloadTest extends TestCase {

	public function test_order_and_digest(): void {
		$payload = new Payload();
		$all     = '';
		foreach ( array( 0, 1, 300000, 7, 262143, 1, 262144, 5, 5000000 ) as $size ) {
			$bytes = $size > 0 ? random_bytes( $size ) : '';
			$all  .= $bytes;
			$payload->add( $bytes );
		}
		$this->assertSame( strlen( $all ), $payload->length() );
		$this->assertSame( hash( 'sha256', $all ), $payload->sha256() );
		$this->assertSame( $all, implode( '', $payload->pieces() ) );
		$payload->add( 'more' );
		$this->assertSame( "{$all}more", implode( '', $payload->pieces() ) );
	}

	public function test_digest_of_a_part(): void {
		$payload = new Payload();
		$part    = new Payload();
		$payload->add( 'head and bytes' );
		$part->add( 'head' );
		$payload->digest_only( $part );
		$this->assertSame( hash( 'sha256', 'head' ), $payload->sha256() );
		$this->assertSame( 'head and bytes', implode( '', $payload->pieces() ) );
	}

	public function test_append(): void {
		$first  = new Payload();
		$second = new Payload();
		$first->add( 'a' );
		$second->add( 'b' );
		$first->append( $second );
		$this->assertSame( array( 2, 'ab' ), array( $first->length(), implode( '', $first->pieces() ) ) );
	}

	public function test_json_survives_bytes_that_are_no_utf8(): void {
		$this->assertSame( "{\"a\":\"x\u{FFFD}\"}", Frame::json( array( 'a' => "x\xFF" ) ) );
		$this->assertSame( "\0\0\0\x0b{\"a\":\"/\u{e9}\"}", Frame::header( array( 'a' => "/\u{e9}" ) ) );
	}

	public function test_json_that_cannot_be_encoded(): void {
		$this->expectException( Failure::class );
		Frame::json( array( NAN ) );
	}

	public function test_budget(): void {
		$budget = new Budget( 100, 60 );
		$budget->take( 60 );
		$this->assertSame( array( 40, false ), array( $budget->left(), $budget->is_spent() ) );
		$budget->take( 60 );
		$this->assertSame( array( 0, true, false ), array( $budget->left(), $budget->is_spent(), $budget->is_late() ) );
		$this->assertTrue( ( new Budget( 100, 0 ) )->is_spent() );
	}

	public function test_budget_of_a_call_has_bounds(): void {
		$this->assertSame( Budget::LEAST_BYTES, Budget::of_call( new Arguments( array( 'budget' => 1 ) ) )->left() );
		$this->assertSame( 1000000, Budget::of_call( new Arguments( array( 'budget' => 1000000 ) ) )->left() );
		$this->assertLessThanOrEqual( Budget::MOST_BYTES, Budget::of_call( new Arguments( array( 'budget' => PHP_INT_MAX ) ) )->left() );
		$this->expectException( Failure::class );
		Budget::of_call( new Arguments( array( 'budget' => 0 ) ) );
	}

	public function test_budget_of_a_small_host(): void {
		$limit = ini_set( 'memory_limit', (string) ( memory_get_usage( true ) + 12582912 ) );
		$bytes = Budget::of_host();
		ini_set( 'memory_limit', $limit );
		$this->assertLessThanOrEqual( 4194304, $bytes );
		$this->assertGreaterThan( 2097152, $bytes );
	}
}
