<?php
/**
 * Counting files and bytes of a root.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator\Tests;

use Custom_Migrator\Budget;
use Custom_Migrator\Failure;
use Custom_Migrator\File_Count;

final class FileCountTest extends Folder_Test_Case {

	private function count_from( ?string $cursor, float $seconds ): array {
		return ( new File_Count( $this->tree() ) )->from( 'core', $cursor, new Budget( Budget::MOST_BYTES, $seconds ) );
	}

	public function test_what_is_listed_is_counted(): void {
		$this->write( 'site/a', 'four' );
		$this->write( 'site/folder/b', '12345' );
		$this->write( 'site/.git/objects', 'not listed' );
		$expected = array(
			'files' => 2,
			'bytes' => 9,
			'next'  => null,
		);
		$this->assertSame( $expected, $this->count_from( null, 60 ) );
	}

	public function test_it_goes_on_where_the_time_was_over(): void {
		for ( $i = 0; $i < 2 * File_Count::PAGE; $i++ ) {
			$this->write( "site/folder/$i", 'x' );
		}
		$whole = $this->count_from( null, 60 );
		$this->assertSame( array( 2 * File_Count::PAGE, 2 * File_Count::PAGE, null ), array_values( $whole ) );
		$first = $this->count_from( null, 0 );
		$this->assertNotNull( $first['next'] );
		$rest = $this->count_from( $first['next'], 60 );
		$this->assertSame( $whole['files'], $first['files'] + $rest['files'] );
		$this->assertNull( $rest['next'] );
	}

	public function test_no_such_root(): void {
		mkdir( "$this->folder/site" );
		$this->expectException( Failure::class );
		( new File_Count( $this->tree() ) )->from( 'elsewhere', null, new Budget( 1 ) );
	}
}
