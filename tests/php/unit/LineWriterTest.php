<?php
/**
 * Lines of rows.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator\Tests;

use Custom_Migrator\Failure;
use Custom_Migrator\Line_Writer;
use PHPUnit\Framework\TestCase;

final class LineWriterTest extends TestCase {

	private static function line( array $row ): string {
		$writer = new Line_Writer( count( $row ), count( $row ), array(), array(), 1000 );
		$line   = $writer->line( $row );
		$bare   = array();
		foreach ( $row as $value ) {
			$bare[] = null === $value ? '\N' : $value;
		}
		self::assertSame( crc32( implode( "\t", $bare ) ), $writer->fingerprint() );
		return $line;
	}

	public function test_backslash_tab_and_line_feed_are_escaped(): void {
		$this->assertSame( "1\ta\0b\r'\xFF\t", self::line( array( '1', "a\0b\r'\xFF", '' ) ) );
		$this->assertSame( '1' . "\t" . 'a\\\\b', self::line( array( '1', 'a\\b' ) ) );
		$this->assertSame( 'a\\tb', self::line( array( "a\tb" ) ) );
		$this->assertSame( 'a\\nb' . "\t" . '\\\\n', self::line( array( "a\nb", '\\n' ) ) );
	}

	public function test_null_is_no_text(): void {
		$this->assertSame( "\\N\t\t\\\\N", self::line( array( null, '', '\\N' ) ) );
	}

	public function test_what_is_withheld_is_no_text(): void {
		$writer = new Line_Writer( 2, 3, array( 0 ), array( 1 => 2 ), 1000 );
		$this->assertSame( "7\t\\L70000:5", $writer->line( array( '7', null, '70000:5' ) ) );
		$this->assertSame( crc32( "7\t\\L70000:5" ), $writer->fingerprint() );
		$this->assertSame( "7\t\\N", $writer->line( array( '7', null, null ) ) );
		$this->assertSame( "7\t\\\\L70000:5", $writer->line( array( '7', '\\L70000:5', null ) ) );
		$this->assertSame( "7\tx", $writer->line( array( '7', 'x', null ) ) );
		$this->assertSame( array( '7' ), $writer->key( array( '7', null, null ) ) );
	}

	public function test_a_line_of_which_the_server_has_no_fingerprint(): void {
		$this->assertSame( 999, strlen( self::line( array( str_repeat( 'x', 999 ) ) ) ) );
		try {
			self::line( array( str_repeat( 'x', 1000 ) ) );
			$this->fail( 'taken' );
		} catch ( Failure $failure ) {
			$this->assertSame( 'too_long', $failure->reason() );
		}
	}
}
