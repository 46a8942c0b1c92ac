<?php
/**
 * What a server is asked for to make a row's line.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator\Tests;

use Custom_Migrator\Column;
use Custom_Migrator\Line;
use PHPUnit\Framework\TestCase;

final class LineTest extends TestCase {

	private static function column( string $type, ?string $collation = null, string $null = 'NO' ): Column {
		return Column::from_row(
			array(
				'Field'     => 'c',
				'Type'      => $type,
				'Collation' => $collation,
				'Null'      => $null,
				'Extra'     => '',
			)
		);
	}

	private static function selected( Column $column, ?int $longest = null ): array {
		return ( new Line( 'utf8mb4', $longest, 1000 ) )->selected( array( $column ), array() );
	}

	public function test_values_are_selected_as_they_are(): void {
		foreach ( array( 'int', 'bigint(20) unsigned zerofill', 'decimal(5,2)', 'date', 'time(6)', 'year(4)', 'blob', 'longblob' ) as $type ) {
			$this->assertSame( array( '`c`' ), self::selected( self::column( $type ) ), $type );
		}
		$this->assertSame( array( '`c`' ), self::selected( self::column( 'varchar(9)', 'latin1_swedish_ci', 'YES' ) ) );
	}

	public function test_what_a_server_or_the_driver_changes_is_selected_as_bytes(): void {
		$this->assertSame( array( "CONCAT((`c` + 0e0), x'')" ), self::selected( self::column( 'float(7,2)' ) ), 'all digits' );
		$this->assertSame( array( "CONCAT(`c`, x'')" ), self::selected( self::column( 'double' ) ) );
		foreach ( array( 'bit(3)', 'point', 'vector(3)', 'something_new' ) as $type ) {
			$this->assertSame( array( 'CAST(`c` AS BINARY)' ), self::selected( self::column( $type ) ), $type );
		}
		$this->assertSame( array( 'CAST(CONVERT(`c` USING utf8mb4) AS BINARY)' ), self::selected( self::column( 'json' ) ) );
	}

	public function test_bytes_of_a_text_are_those_that_travel(): void {
		$own       = 'CAST(`c` AS BINARY)';
		$converted = 'CAST(CONVERT(`c` USING utf8mb4) AS BINARY)';
		$cases     = array(
			array( 'varchar(9)', 'utf8mb4_unicode_520_ci', $own ),
			array( "enum('a','b')", 'utf8mb4_general_ci', $own ),
			array( "enum('a','b')", 'latin1_swedish_ci', $converted ),
			array( "set('a','b')", 'utf8mb3_bin', $converted ),
			array( 'text', 'utf8_general_ci', $converted ),
			array( 'json', null, $converted ),
			array( 'uuid', null, $converted ),
			array( 'inet6', null, $converted ),
			array( 'bit(3)', null, $own ),
			array( 'point', null, $own ),
			array( 'varbinary(9)', null, '`c`' ),
			array( 'longblob', null, '`c`' ),
		);
		$line = new Line( 'utf8mb4', null, 1000 );
		foreach ( $cases as list( $type, $collation, $bytes ) ) {
			$this->assertSame( $bytes, $line->bytes( self::column( $type, $collation ) ), "$type $collation" );
		}
	}

	public function test_what_can_be_too_long_is_withheld(): void {
		$withheld = array( 'IF(OCTET_LENGTH(`c`) > 65536, NULL, `c`)', "IF(OCTET_LENGTH(`c`) > 65536, CONCAT(OCTET_LENGTH(`c`), ':', IFNULL(CRC32(`c`), '')), NULL)" );
		foreach ( array( 'mediumblob', 'longblob' ) as $type ) {
			$this->assertSame( $withheld, self::selected( self::column( $type ), 65536 ), $type );
		}
		foreach ( array( 'mediumtext', 'longtext', 'json' ) as $type ) {
			$this->assertCount( 2, self::selected( self::column( $type, 'json' === $type ? null : 'latin1_bin' ), 65536 ), $type );
		}
		$this->assertStringStartsWith( 'IF(OCTET_LENGTH(`c`) >', self::selected( self::column( 'longtext', 'utf8mb4_bin' ), 65536 )[0] );
		$this->assertStringStartsWith( 'IF(OCTET_LENGTH(CAST(CONVERT(`c` ', self::selected( self::column( 'longtext', 'latin1_bin' ), 65536 )[0] );
		foreach ( array( 'blob', 'varbinary(60000)', 'int' ) as $type ) {
			$this->assertSame( array( '`c`' ), self::selected( self::column( $type ), 65536 ), $type );
		}
		$this->assertSame( array( '`c`' ), self::selected( self::column( 'longblob' ) ), 'without a limit' );
	}

	public function test_a_key_is_selected_once(): void {
		$line    = new Line( 'utf8mb4', 65536, 1000 );
		$columns = array( self::column( 'int' ), self::column( 'longblob' ) );
		$this->assertCount( 3, $line->selected( $columns, array( $columns[0] ) ), 'the value and what may stand for the other one' );
		$text = self::column( 'varchar(9)', 'utf8mb4_bin' );
		$this->assertSame( array( '`c`', 'CAST(`c` AS BINARY)' ), $line->selected( array( $text ), array( $text ) ), 'in its own charset' );
	}

	public function test_a_writer_finds_everything(): void {
		$line    = new Line( 'utf8mb4', 65536, 1000 );
		$columns = array( self::column( 'longblob' ), self::column( 'varchar(9)', 'utf8mb4_bin' ), self::column( 'mediumblob' ) );
		$writer  = $line->writer( $columns, array( $columns[1] ) );
		$row     = array( null, 'a', null, 'key', '70000:5', null );
		$this->assertSame( "\\L70000:5\ta\t\\N", $writer->line( $row ) );
		$this->assertSame( array( 'key' ), $writer->key( $row ) );
	}

	public function test_a_fingerprint_is_that_of_the_line_without_escapes(): void {
		$line    = new Line( 'utf8mb4', 70000, 1000 );
		$bytes   = 'CAST(`c` AS BINARY)';
		$columns = array( self::column( 'int' ), self::column( 'longtext', 'utf8mb4_bin', 'YES' ) );
		$long    = "IF(OCTET_LENGTH(`c`) > 70000, CONCAT(x'5C4C', OCTET_LENGTH($bytes), ':', CRC32($bytes)), $bytes)";
		$this->assertSame( "CRC32(CONCAT(`c`, x'09', IF(`c` IS NULL, x'5C4E', $long), x''))", $line->fingerprint( $columns ) );
	}
}
