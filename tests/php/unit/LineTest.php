<?php
/**
 * The SQL of a row's line.
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

	private static function escaped( string $bytes ): string {
		return "REPLACE(REPLACE(REPLACE($bytes, x'5C', x'5C5C'), x'09', x'5C74'), x'0A', x'5C6E')";
	}

	private static function sql( Column $column, ?int $longest = null, bool $is_mariadb = false ): string {
		return ( new Line( 'utf8mb4', $longest, $is_mariadb ) )->sql( array( $column ) );
	}

	public function test_numbers_and_times_are_not_escaped(): void {
		foreach ( array( 'int', 'bigint(20) unsigned zerofill', 'decimal(5,2)', 'double', 'date', 'time(6)', 'datetime', 'timestamp', 'year(4)' ) as $type ) {
			$this->assertSame( "CONCAT(`c`, x'')", self::sql( self::column( $type ) ), $type );
		}
		$this->assertSame( "CONCAT((`c` + 0e0), x'')", self::sql( self::column( 'float(7,2)' ) ) );
	}

	public function test_texts_travel_in_the_charset_of_the_connection(): void {
		$own       = 'CAST(`c` AS BINARY)';
		$converted = 'CAST(CONVERT(`c` USING utf8mb4) AS BINARY)';
		$cases     = array(
			array( 'varchar(9)', 'utf8mb4_unicode_520_ci', $own ),
			array( 'longtext', 'utf8mb4_bin', $own ),
			array( "enum('a','b')", 'utf8mb4_general_ci', $own ),
			array( "enum('a','b')", 'latin1_swedish_ci', $converted ),
			array( "set('a','b')", 'utf8mb3_bin', $converted ),
			array( 'text', 'utf8_general_ci', $converted ),
			array( 'json', null, $converted ),
			array( 'uuid', null, $converted ),
			array( 'inet6', null, $converted ),
		);
		foreach ( $cases as list( $type, $collation, $bytes ) ) {
			$this->assertSame( 'CONCAT(' . self::escaped( $bytes ) . ", x'')", self::sql( self::column( $type, $collation ) ), "$type $collation" );
		}
	}

	public function test_bytes(): void {
		foreach ( array( 'binary(3)', 'varbinary(9)', 'tinyblob', 'blob', 'longblob' ) as $type ) {
			$this->assertSame( 'CONCAT(' . self::escaped( '`c`' ) . ", x'')", self::sql( self::column( $type ) ), $type );
		}
		foreach ( array( 'bit(3)', 'point', 'geometry', 'vector(3)', 'something_new' ) as $type ) {
			$this->assertSame( 'CONCAT(' . self::escaped( 'CAST(`c` AS BINARY)' ) . ", x'')", self::sql( self::column( $type ) ), $type );
		}
	}

	public function test_null_of_the_table_is_told_from_what_the_server_could_not_make(): void {
		$this->assertSame( "CONCAT(IF(`c` IS NULL, x'5C4E', `c`), x'')", self::sql( self::column( 'int', null, 'YES' ) ) );
		$this->assertStringNotContainsString( 'IFNULL', self::sql( self::column( 'text', 'latin1_bin', 'YES' ), 65536, true ) );
	}

	public function test_what_can_be_too_long_is_withheld(): void {
		$withheld = "CONCAT(IF(OCTET_LENGTH(`c`) > 65536, CONCAT(x'5C4C', OCTET_LENGTH(`c`), ':', CRC32(`c`)), " . self::escaped( '`c`' ) . "), x'')";
		foreach ( array( 'mediumblob', 'longblob' ) as $type ) {
			$this->assertSame( $withheld, self::sql( self::column( $type ), 65536 ), $type );
		}
		foreach ( array( 'mediumtext', 'longtext', 'json' ) as $type ) {
			$this->assertStringContainsString( "x'5C4C'", self::sql( self::column( $type, 'json' === $type ? null : 'latin1_bin' ), 65536 ), $type );
		}
		foreach ( array( 'blob', 'varbinary(60000)', 'int', 'point' ) as $type ) {
			$this->assertStringNotContainsString( "x'5C4C'", self::sql( self::column( $type ), 65536 ), $type );
		}
		$this->assertStringNotContainsString( "x'5C4C'", self::sql( self::column( 'longblob' ) ), 'without a limit' );
	}

	public function test_mariadb_escapes_long_values_otherwise(): void {
		$long = "REGEXP_REPLACE(REGEXP_REPLACE(REGEXP_REPLACE(`c`, x'5C5C', x'5C5C5C5C'), x'09', x'5C5C74'), x'0A', x'5C5C6E')";
		$sql  = "CONCAT(IF(OCTET_LENGTH(`c`) > 8192, $long, " . self::escaped( '`c`' ) . "), x'')";
		foreach ( array( 'varbinary(20000)', 'blob', 'longblob' ) as $type ) {
			$this->assertSame( $sql, self::sql( self::column( $type ), null, true ), $type );
		}
		foreach ( array( 'binary(9)', 'tinyblob', 'bit(4)' ) as $type ) {
			$this->assertStringNotContainsString( 'REGEXP', self::sql( self::column( $type ), null, true ), $type );
		}
	}

	public function test_values_are_joined_by_tabs(): void {
		$line = new Line( 'utf8mb4', null, false );
		$this->assertSame( "CONCAT(`c`, x'09', `c`, x'09', `c`, x'')", $line->sql( array_fill( 0, 3, self::column( 'int' ) ) ) );
	}

	public function test_a_fingerprint_is_that_of_the_line_without_escapes(): void {
		$line    = new Line( 'utf8mb4', 70000, true );
		$bytes   = 'CAST(`c` AS BINARY)';
		$columns = array( self::column( 'int' ), self::column( 'longtext', 'utf8mb4_bin', 'YES' ) );
		$long    = "IF(OCTET_LENGTH($bytes) > 70000, CONCAT(x'5C4C', OCTET_LENGTH($bytes), ':', CRC32($bytes)), $bytes)";
		$this->assertSame( "CRC32(CONCAT(`c`, x'09', IF(`c` IS NULL, x'5C4E', $long), x''))", $line->fingerprint( $columns ) );
	}
}
