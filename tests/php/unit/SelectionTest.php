<?php
/**
 * What is read of a table: pages, buckets, single values, digests, measures.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator\Tests;

use Custom_Migrator\Arguments;
use Custom_Migrator\Budget;
use Custom_Migrator\Connection;
use Custom_Migrator\Digest;
use Custom_Migrator\Failure;
use Custom_Migrator\Line;
use Custom_Migrator\Measure;
use Custom_Migrator\Payload;
use Custom_Migrator\Programs;
use Custom_Migrator\Selection;
use Custom_Migrator\Table;
use Custom_Migrator\Tables;
use Custom_Migrator\Value;
use PHPUnit\Framework\TestCase;

require_once dirname( __DIR__ ) . '/fake-database.php';

final class SelectionTest extends TestCase {

	private static function table( string $type = 'bigint unsigned', bool $keyed = true ): Table {
		$columns = array();
		foreach ( array( 'id' => $type, 'v' => 'longblob', 'w' => 'mediumblob' ) as $name => $kind ) {
			$columns[] = array(
				'Field'     => $name,
				'Type'      => $kind,
				'Collation' => null,
				'Null'      => 'NO',
				'Extra'     => '',
			);
		}
		$index = array(
			'Key_name'     => 'PRIMARY',
			'Seq_in_index' => '1',
			'Column_name'  => 'id',
			'Non_unique'   => '0',
			'Sub_part'     => null,
		);
		return new Table( 'wp_t', $columns, $keyed ? array( $index ) : array() );
	}

	private static function selection( array $arguments ): Selection {
		return new Selection( self::table(), new Line( 'utf8mb4', null, 1000 ), new Arguments( $arguments + array( 'columns' => array( 'id' ) ) ) );
	}

	private function refused( callable $call ): void {
		try {
			$call();
			$this->fail( 'accepted' );
		} catch ( Failure $failure ) {
			$this->assertSame( 'bad_request', $failure->reason() );
		}
	}

	public function test_page_of_a_range(): void {
		$selection = self::selection( array( 'key' => array( 'id' ) ) );
		$this->assertSame(
			"SELECT `id` FROM `wp_t` FORCE INDEX (`PRIMARY`) WHERE `id` > 1 AND `id` <= 2 ORDER BY `id` LIMIT 7",
			$selection->page( $selection->range( array( 'MQ==' ), array( 'Mg==' ) ), 7 )
		);
	}

	public function test_buckets(): void {
		$this->assertSame( "SELECT `id` FROM `wp_t`", self::selection( array() )->bucket( 0 ) );
		$this->assertSame( "SELECT `id` FROM `wp_t` WHERE IFNULL(CRC32(CONCAT(`id`, x'')), 0) MOD 4 = 3", self::selection( array( 'buckets' => 4 ) )->bucket( 3 ) );
	}

	public function test_wrong_arguments(): void {
		foreach ( array( array( 'buckets' => 4097 ), array( 'buckets' => 0 ), array( 'key' => array( 'v' ) ), array( 'columns' => array() ), array( 'columns' => array( 'x' ) ),
			array( 'key' => array( 'id' ), 'buckets' => 2 ) ) as $arguments ) {
			$this->refused(
				function () use ( $arguments ) {
					self::selection( $arguments );
				}
			);
		}
		$this->refused(
			function () {
				self::selection( array( 'buckets' => 4 ) )->bucket( 4 );
			}
		);
	}

	private static function piece( array $rows ): string {
		$arguments = array(
			'key'    => array( 'id' ),
			'at'     => array( 'Nw==' ),
			'column' => 'v',
		);
		$database  = new \Fake_Database( array( 'SELECT' => $rows ) );
		$value     = new Value( self::table(), new Line( 'utf8mb4', null, 1000 ), new Arguments( $arguments ) );
		$piece     = implode( '', $value->piece( new Connection( $database ), 3, 10 )->pieces() );
		self::assertSame(
			'SELECT `v` IS NOT NULL AS there, OCTET_LENGTH(`v`) AS length, CRC32(`v`) AS crc, SUBSTRING(`v`, 4, 10) AS piece'
			. ' FROM `wp_t` FORCE INDEX (`PRIMARY`) WHERE `id` = 7',
			$database->statements[0]
		);
		return substr( $piece, 4 );
	}

	private static function row( string $there, ?string $length, ?string $crc, ?string $piece ): array {
		return array( compact( 'there', 'length', 'crc', 'piece' ) );
	}

	public function test_piece_of_a_value(): void {
		$this->assertSame( "{\"length\":9,\"crc\":5}\0\n", self::piece( self::row( '1', '9', '5', "\0\n" ) ) );
		$this->assertSame( '{"length":null,"crc":null}', self::piece( array() ), 'the row is gone' );
		$this->assertSame( '{"length":null,"crc":null}', self::piece( self::row( '0', null, null, null ) ), 'it is NULL' );
	}

	public function test_a_value_that_the_server_cannot_make_is_not_gone(): void {
		try {
			self::piece( self::row( '1', null, null, null ) );
			$this->fail( 'taken for gone' );
		} catch ( Failure $failure ) {
			$this->assertSame( 'too_long', $failure->reason() );
		}
	}

	public function test_digests_of_ranges(): void {
		$row       = array(
			'number' => '2',
			'total'  => '8589934590',
		);
		$database  = new \Fake_Database( array( 'SUM' => array( $row ) ) );
		$selection = self::selection( array( 'key' => array( 'id' ) ) );
		$digest    = new Digest( new Connection( $database ), $selection->fingerprint(), $selection->from() );
		$ranges    = array( $selection->range( null, array( 'Mg==' ) ), $selection->range( array( 'Mg==' ), null ) );
		$this->assertSame( array( array( 2, '8589934590' ), array( 2, '8589934590' ) ), $digest->of_ranges( $ranges, new Budget( 1 ) ) );
		$this->assertSame(
			"SELECT COUNT(*) AS number, IFNULL(SUM(CRC32(CONCAT(`id`, x''))), 0) AS total FROM `wp_t` FORCE INDEX (`PRIMARY`) WHERE `id` <= 2",
			$database->statements[0]
		);
		$this->assertCount( 1, $digest->of_ranges( $ranges, new Budget( 1, -1.0 ) ), 'one at least' );
	}

	public function test_digests_of_buckets(): void {
		$row      = array(
			'bucket' => '2',
			'number' => '5',
			'total'  => '77',
		);
		$database = new \Fake_Database( array( 'GROUP BY' => array( $row ) ) );
		$digest   = new Digest( new Connection( $database ), 'x', '`t`' );
		$this->assertSame( array( array( 0, '0' ), array( 0, '0' ), array( 5, '77' ) ), $digest->of_buckets( 3 ) );
	}

	private static function measured( array $answers, ?Table $table = null ): array {
		$measure = new Measure( new Connection( new \Fake_Database( $answers ) ) );
		return array_values( $measure->of( null === $table ? self::table() : $table ) );
	}

	public function test_measure(): void {
		$answers = array(
			'MAX(IFNULL(OCTET_LENGTH(`v`), 0) + IFNULL(OCTET_LENGTH(`w`), 0))' => array( array( 'widest' => '70000' ) ),
			'MIN(`id`)'                                                     => array( array( 'low' => '1', 'high' => '18446744073709551615' ) ),
		);
		$this->assertSame( array( 70000, '1', '18446744073709551615' ), self::measured( $answers ) );
		$this->assertSame( array( 70000, null, null ), self::measured( $answers, self::table( 'varchar(9)' ) ) );
		$this->assertSame( array( 70000, null, null ), self::measured( $answers, self::table( 'int', false ) ) );
		$this->assertSame( array( null, '1', '18446744073709551615' ), self::measured( array( 'OCTET_LENGTH' => null ) + $answers ) );
	}

	public function test_who_measures_sets_a_limit(): void {
		$database = new \Fake_Database( array( 'max_execution_time' => null ) );
		new Measure( new Connection( $database ) );
		$this->assertSame( array( 'SET SESSION max_execution_time = 5000', 'SET SESSION max_statement_time = 5' ), $database->statements );
		$database = new \Fake_Database( array() );
		new Measure( new Connection( $database ) );
		$this->assertCount( 1, $database->statements );
	}

	public function test_what_is_not_copied_is_named(): void {
		$programs = new Programs( new Connection( new \Fake_Database( array( 'ROUTINES' => array( array( 'name' => 'r' ) ), 'EVENTS' => array( array( 'name' => 'e' ) ) ) ) ) );
		$this->assertSame( array( array( 'r', 'routine, not copied' ), array( 'e', 'event, not copied' ) ), $programs->not_copied() );
		$programs = new Programs( new Connection( new \Fake_Database( array( 'ROUTINES' => null, 'EVENTS' => null ) ) ) );
		$this->assertSame( array(), $programs->not_copied() );
	}

	public function test_private_tables(): void {
		foreach ( array( 'wp_custom_migrator_keys', 'x_custom_migrator_nonces', '_migrator_progress', '_migrator_pages', '_MIGRATOR_files', '_migrator_tables' ) as $name ) {
			$this->assertMatchesRegularExpression( Tables::PRIVATE_NAMES, $name );
		}
		foreach ( array( 'wp_posts', 'wp_custom_migrator_keys_old', 'wp_migrator_progress', 'a_migrator_pages' ) as $name ) {
			$this->assertDoesNotMatchRegularExpression( Tables::PRIVATE_NAMES, $name );
		}
	}
}
