<?php
/**
 * Pages of lines.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator\Tests;

use Custom_Migrator\Budget;
use Custom_Migrator\Failure;
use Custom_Migrator\Line_Writer;
use Custom_Migrator\Payload;
use Custom_Migrator\Rows;
use PHPUnit\Framework\TestCase;

final class RowsTest extends TestCase {

	// Rows of one value, followed by the key.
	private static function page( iterable $rows, int $limit = 1000, ?Budget $budget = null, array $keys = array( 1 ) ): array {
		$writer  = new Line_Writer( 1, 1 + count( $keys ), $keys, array(), 16777216 );
		$payload = implode( '', Rows::page( $rows, $writer, $limit, null === $budget ? self::budget() : $budget )->pieces() );
		$length  = unpack( 'N', $payload )[1];
		return array( json_decode( substr( $payload, 4, $length ), true ), (string) substr( $payload, 4 + $length ) );
	}

	private static function budget( int $bytes = 1048576, float $seconds = 60.0 ): Budget {
		return new Budget( Rows::HEADER_BYTES + $bytes, $seconds );
	}

	private static function header( array $values, bool $done, ?array $last ): array {
		return array(
			'rows' => count( $values ),
			'sum'  => array_sum( array_map( 'crc32', $values ) ),
			'done' => $done,
			'last' => $last,
		);
	}

	public function test_lines_and_the_last_key(): void {
		list( $header, $lines ) = self::page( array( array( 'a', '1', "\xFF" ), array( "\t", '2', '' ) ), 1000, null, array( 1, 2 ) );
		$this->assertSame( self::header( array( 'a', "\t" ), true, array( 'Mg==', '' ) ), $header );
		$this->assertSame( "a\n\\t\n", $lines );
	}

	public function test_without_a_key_and_without_rows(): void {
		$this->assertSame( array( self::header( array( 'x' ), true, null ), "x\n" ), self::page( array( array( 'x' ) ), 1000, null, array() ) );
		$this->assertSame( array( self::header( array(), true, null ), '' ), self::page( array() ) );
	}

	public function test_an_empty_line_is_a_row(): void {
		$this->assertSame( array( self::header( array( '', '' ), true, null ), "\n\n" ), self::page( array( array( '' ), array( '' ) ), 1000, null, array() ) );
	}

	public function test_as_many_as_the_limit_may_not_be_all(): void {
		$this->assertFalse( self::page( array( array( 'x' ), array( 'y' ) ), 2, null, array() )[0]['done'] );
	}

	public function test_the_budget_counts_line_ends(): void {
		$rows = array( array( 'abc', '1' ), array( 'abc', '2' ), array( 'abc', '3' ) );
		$this->assertSame( 3, self::page( $rows, 9, self::budget( 12 ) )[0]['rows'] );
		list( $header, $lines ) = self::page( $rows, 9, self::budget( 11 ) );
		$this->assertSame( self::header( array( 'abc', 'abc' ), false, array( 'Mg==' ) ), $header );
		$this->assertSame( "abc\nabc\n", $lines );
	}

	public function test_a_row_larger_than_the_budget_comes_alone(): void {
		$line = str_repeat( 'x', 3 * Payload::PIECE );
		list( $header, $lines ) = self::page( array( array( $line, '1' ), array( 'y', '2' ) ), 9, self::budget( 10 ) );
		$this->assertSame( self::header( array( $line ), false, array( 'MQ==' ) ), $header );
		$this->assertSame( "$line\n", $lines );
	}

	public function test_when_the_time_is_over_one_row_comes(): void {
		$this->assertSame( 1, self::page( array( array( 'a' ), array( 'b' ) ), 9, self::budget( 100, -1.0 ), array() )[0]['rows'] );
	}

	public function test_nothing_is_lost_where_pieces_meet(): void {
		$rows = array();
		for ( $number = 0; $number < 20000; $number++ ) {
			$rows[] = array( str_repeat( chr( 97 + $number % 26 ), $number % 97 ), (string) $number );
		}
		list( $header, $lines ) = self::page( $rows, 100000, self::budget( 16777216 ) );
		$this->assertSame( 20000, $header['rows'] );
		$this->assertSame( implode( "\n", array_column( $rows, 0 ) ) . "\n", $lines );
	}

	public function test_a_stream_that_breaks_off_is_no_page(): void {
		$stream = ( function () {
			yield array( 'a' );
			throw new Failure( 'database_error', '2013' );
		} )();
		$this->expectException( Failure::class );
		self::page( $stream );
	}
}
