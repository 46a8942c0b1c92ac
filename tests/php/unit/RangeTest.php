<?php
/**
 * Columns, keys and the conditions of ranges.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator\Tests;

use Custom_Migrator\Column;
use Custom_Migrator\Connection;
use Custom_Migrator\Failure;
use Custom_Migrator\Range;
use Custom_Migrator\Table;
use PHPUnit\Framework\TestCase;

final class RangeTest extends TestCase {

	private static function row( string $name, string $type, ?string $collation = null, string $extra = '', string $null = 'NO' ): array {
		return array(
			'Field'     => $name,
			'Type'      => $type,
			'Collation' => $collation,
			'Null'      => $null,
			'Extra'     => $extra,
		);
	}

	private static function column( string $name, string $type, ?string $collation = null ): Column {
		return Column::from_row( self::row( $name, $type, $collation ) );
	}

	private static function index( string $name, array $columns, array $changes = array() ): array {
		$rows = array();
		foreach ( $columns as $place => $column ) {
			$rows[] = array_merge(
				array(
					'Key_name'     => $name,
					'Seq_in_index' => (string) ( $place + 1 ),
					'Column_name'  => $column,
					'Non_unique'   => '0',
					'Sub_part'     => null,
				),
				$changes
			);
		}
		return $rows;
	}

	private static function range( array $key, ?array $after, ?array $upto ): Range {
		$encode = function ( ?array $values ) {
			return null === $values ? null : array_map( 'base64_encode', $values );
		};
		return new Range( $key, $encode( $after ), $encode( $upto ) );
	}

	public function test_range_of_one_column(): void {
		$key = array( self::column( 'ID', 'bigint(20) unsigned' ) );
		$this->assertSame( '', self::range( $key, null, null )->where() );
		$this->assertSame( ' WHERE `ID` > 42', self::range( $key, array( '42' ), null )->where() );
		$this->assertSame( ' WHERE `ID` <= 7', self::range( $key, null, array( '7' ) )->where() );
		$this->assertSame( ' WHERE `ID` > 1 AND `ID` <= 2', self::range( $key, array( '1' ), array( '2' ) )->where() );
		$this->assertSame( '`ID`', self::range( $key, null, null )->order() );
	}

	public function test_range_of_three_columns(): void {
		$key = array( self::column( 'a', 'int' ), self::column( 'b', 'varchar(20)', 'utf8mb4_unicode_ci' ), self::column( 'c', 'varbinary(5)' ) );
		$b   = "_utf8mb4 x'c3a9' COLLATE utf8mb4_unicode_ci";
		$at  = array( '1', "\u{e9}", "\0\xFF" );
		$this->assertSame(
			" WHERE ((`a` > 1) OR (`a` = 1 AND `b` > $b) OR (`a` = 1 AND `b` = $b AND `c` > x'00ff'))"
			. " AND ((`a` < 1) OR (`a` = 1 AND `b` < $b) OR (`a` = 1 AND `b` = $b AND `c` <= x'00ff'))",
			self::range( $key, $at, $at )->where()
		);
		$this->assertSame( '`a`, `b`, `c`', self::range( $key, null, null )->order() );
		$this->assertSame( "`a` = 1 AND `b` = $b AND `c` = x'00ff'", Range::row( $key, $at ) );
	}

	public function test_names_are_quoted(): void {
		$this->assertSame( '`a``b`', Connection::name( 'a`b' ) );
		$key = array( self::column( 'x`; DROP TABLE y', 'int' ) );
		$this->assertSame( ' WHERE `x``; DROP TABLE y` > 1', self::range( $key, array( '1' ), null )->where() );
	}

	public function test_places_that_fit_no_key(): void {
		$key = array( self::column( 'a', 'int' ), self::column( 'b', 'int' ) );
		foreach ( array( 'MQ==', 1, array(), array( 'MQ==' ), array( 'MQ==', 'MQ==', 'MQ==' ), array( 'MQ==', 1 ), array( 'MQ==', null ), array( 'MQ==', '*' ), array( 1 => 'MQ==', 2 => 'MQ==' ) ) as $place ) {
			try {
				Range::place( $key, $place );
				$this->fail( 'accepted: ' . json_encode( $place ) );
			} catch ( Failure $failure ) {
				$this->assertSame( 'bad_request', $failure->reason() );
			}
		}
	}

	public function test_literals(): void {
		$good = array(
			array( 'bigint(20)', null, '-9223372036854775808', '-9223372036854775808' ),
			array( 'bigint(20) unsigned', null, '18446744073709551615', '18446744073709551615' ),
			array( 'decimal(10,2)', null, '-12.50', '-12.50' ),
			array( 'double', null, '1.5e-300', '1.5e-300' ),
			array( 'datetime(3)', null, '2025-01-02 03:04:05.678', "'2025-01-02 03:04:05.678'" ),
			array( 'date', null, '0000-00-00', "'0000-00-00'" ),
			array( 'time', null, '-838:59:59', "'-838:59:59'" ),
			array( 'year(4)', null, '2025', '2025' ),
			array( 'uuid', null, '123e4567-e89b-12d3-a456-426655440000', "'123e4567-e89b-12d3-a456-426655440000'" ),
			array( "enum('a','b')", 'utf8mb4_general_ci', '2', '2' ),
			array( 'bit(8)', null, '5', '5' ),
			array( 'char(3)', 'latin1_swedish_ci', "\xE9'", "_latin1 x'e927' COLLATE latin1_swedish_ci" ),
			array( 'varchar(3)', 'utf8mb4_0900_ai_ci', '', "_utf8mb4 x'' COLLATE utf8mb4_0900_ai_ci" ),
			array( 'binary(2)', null, "'\\", "x'275c'" ),
		);
		foreach ( $good as list( $type, $collation, $value, $sql ) ) {
			$this->assertSame( $sql, self::column( 'k', $type, $collation )->literal_sql( $value ), $type );
		}
	}

	public function test_values_that_fit_no_column(): void {
		foreach ( array( '', "1' OR '1'='1", '1;', '1 OR 1=1', "1\n", '0x41', 'SLEEP(1)', '(1)', str_repeat( '1', 66 ) . 'g', "'" ) as $value ) {
			foreach ( array( 'int', 'datetime', 'decimal(5,2)', "enum('a')", 'bit(1)' ) as $type ) {
				try {
					$sql = self::column( 'k', $type )->literal_sql( $value );
					$this->fail( "accepted: $sql" );
				} catch ( Failure $failure ) {
					$this->assertSame( 'bad_request', $failure->reason() );
				}
			}
		}
	}

	public function test_how_values_are_read(): void {
		$cases = array(
			array( 'int', null, '`c`', '`c`' ),
			array( 'float', null, '(`c` + 0e0)', '(`c` + 0e0)' ),
			array( 'float(7,2) unsigned', null, '(`c` + 0e0)', '(`c` + 0e0)' ),
			array( 'double', null, '`c`', '`c`' ),
			array( 'bit(3)', null, '`c`', '(`c` + 0)' ),
			array( "set('a','b')", 'utf8mb4_bin', '`c`', '(`c` + 0)' ),
			array( 'varchar(9)', 'utf8mb4_bin', '`c`', 'CAST(`c` AS BINARY)' ),
			array( 'varbinary(9)', null, '`c`', '`c`' ),
			array( 'geometry', null, '`c`', '`c`' ),
			array( 'json', null, '`c`', '`c`' ),
		);
		foreach ( $cases as list( $type, $collation, $value, $key ) ) {
			$column = self::column( 'c', $type, $collation );
			$this->assertSame( array( $value, $key ), array( $column->value_sql(), $column->key_sql() ), $type );
		}
	}

	public function test_generated_columns(): void {
		foreach ( array( 'VIRTUAL GENERATED', 'STORED GENERATED', 'VIRTUAL', 'PERSISTENT', 'STORED GENERATED INVISIBLE' ) as $extra ) {
			$this->assertTrue( Column::from_row( self::row( 'c', 'int', null, $extra ) )->generated, $extra );
		}
		foreach ( array( '', 'auto_increment', 'DEFAULT_GENERATED', 'DEFAULT_GENERATED on update CURRENT_TIMESTAMP', 'INVISIBLE' ) as $extra ) {
			$this->assertFalse( Column::from_row( self::row( 'c', 'int', null, $extra ) )->generated, $extra );
		}
	}

	public function test_view_of_a_column(): void {
		$this->assertSame(
			array(
				'name'      => 'c',
				'type'      => 'varchar(9)',
				'charset'   => 'utf8mb4',
				'collation' => 'utf8mb4_0900_ai_ci',
				'generated' => false,
				'nullable'  => true,
			),
			Column::from_row( self::row( 'c', 'varchar(9)', 'utf8mb4_0900_ai_ci', '', 'YES' ) )->view()
		);
	}

	private static function table( array $indexes ): Table {
		$columns = array( self::row( 'a', 'int' ), self::row( 'b', 'int' ), self::row( 'n', 'int', null, '', 'YES' ) );
		return new Table( 't', $columns, array_merge( array(), ...$indexes ) );
	}

	public function test_choice_of_a_key(): void {
		$cases = array(
			array( array(), null ),
			array( array( self::index( 'u', array( 'a' ) ), self::index( 'PRIMARY', array( 'b', 'a' ) ) ), array( 'b', 'a' ) ),
			array( array( self::index( 'u', array( 'a', 'b' ) ), self::index( 'v', array( 'b' ) ) ), array( 'b' ) ),
			array( array( self::index( 'u', array( 'a', 'n' ) ) ), null ),
			array( array( self::index( 'u', array( 'a' ), array( 'Non_unique' => '1' ) ) ), null ),
			array( array( self::index( 'u', array( 'a' ), array( 'Sub_part' => '10' ) ) ), null ),
			array( array( self::index( 'u', array( null ) ) ), null ),
		);
		foreach ( $cases as $number => list( $indexes, $key ) ) {
			$this->assertSame( $key, self::table( $indexes )->key(), "case $number" );
		}
	}

	public function test_paging_by_what_is_no_key_is_refused(): void {
		$table = self::table( array( self::index( 'PRIMARY', array( 'a', 'b' ) ) ) );
		$this->assertSame( 'PRIMARY', $table->index_of( array( 'a', 'b' ) ) );
		foreach ( array( array( 'a' ), array( 'b', 'a' ), array( 'n' ), array( 'a', 'b', 'n' ) ) as $columns ) {
			try {
				$table->index_of( $columns );
				$this->fail( 'accepted: ' . implode( ',', $columns ) );
			} catch ( Failure $failure ) {
				$this->assertSame( 'bad_request', $failure->reason() );
			}
		}
	}

	public function test_unknown_columns_are_refused(): void {
		$table = self::table( array() );
		$this->assertSame( 'b', $table->pick( array( 'b', 'a' ) )[0]->name );
		$this->expectException( Failure::class );
		$table->pick( array( 'a', 'a` FROM mysql.user -- ' ) );
	}
}
