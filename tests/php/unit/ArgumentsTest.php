<?php
/**
 * Types of arguments.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator\Tests;

use Custom_Migrator\Arguments;
use Custom_Migrator\Failure;
use PHPUnit\Framework\TestCase;

final class ArgumentsTest extends TestCase {

	private function assert_refused( callable $work ): void {
		try {
			$work();
		} catch ( Failure $failure ) {
			$this->assertSame( 'bad_request', $failure->reason() );
			return;
		}
		$this->fail( 'not refused' );
	}

	public function test_good(): void {
		$arguments = Arguments::from_json( '{"t":"x","n":5,"l":["a","b"],"z":null}' );
		$this->assertSame( 'x', $arguments->text( 't' ) );
		$this->assertNull( $arguments->text_or_null( 'z' ) );
		$this->assertNull( $arguments->text_or_null( 'missing' ) );
		$this->assertSame( 5, $arguments->number( 'n', 1, 0 ) );
		$this->assertSame( 1, $arguments->number( 'missing', 1, 0 ) );
		$this->assertSame( array( 'a', 'b' ), $arguments->items( 'l' ) );
		$this->assertSame( array( 'a', 'b' ), $arguments->texts_or_null( 'l' ) );
	}

	public function test_no_object(): void {
		foreach ( array( '', 'x', '5', '"x"', 'null', '{"a":', str_repeat( '[', 20 ) . str_repeat( ']', 20 ) ) as $json ) {
			$this->assert_refused(
				function () use ( $json ) {
					Arguments::from_json( $json );
				}
			);
		}
	}

	public function test_wrong_types(): void {
		foreach ( array( null, true, 5, 5.5, '5', array(), array( 'a' => 'b' ), array( 1 => 'b' ), array( 'x', 5 ) ) as $value ) {
			$arguments = new Arguments( array( 'a' => $value ) );
			if ( ! is_string( $value ) ) {
				$this->assert_refused(
					function () use ( $arguments ) {
						$arguments->text( 'a' );
					}
				);
			}
			if ( null !== $value && ! is_int( $value ) ) {
				$this->assert_refused(
					function () use ( $arguments ) {
						$arguments->number( 'a', 0, 0 );
					}
				);
			}
			if ( null !== $value ) {
				$this->assert_refused(
					function () use ( $arguments ) {
						$arguments->texts_or_null( 'a' );
					}
				);
			}
		}
	}

	public function test_too_small_and_too_long(): void {
		$arguments = new Arguments(
			array(
				'n' => -1,
				'l' => range( 0, 10000 ),
			)
		);
		$this->assert_refused(
			function () use ( $arguments ) {
				$arguments->number( 'n', 0, 0 );
			}
		);
		$this->assert_refused(
			function () use ( $arguments ) {
				$arguments->items( 'l' );
			}
		);
	}
}
