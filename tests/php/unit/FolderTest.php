<?php
/**
 * Names of a folder in batches.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator\Tests;

use Custom_Migrator\Folder;

final class FolderTest extends Folder_Test_Case {

	public function test_byte_order(): void {
		$names = array( '10', '9', 'B', 'a', 'a.txt', 'a-b', "\xFF", "\u{e9}", '.x', '01', '1e1', ' ' );
		foreach ( $names as $name ) {
			$this->write( $name );
		}
		usort( $names, 'strcmp' );
		$this->assertSame( $names, Folder::names( $this->folder, null, 100 ) );
	}

	public function test_batches_of_every_size(): void {
		$names = array_map( 'strval', range( 1, 40 ) );
		foreach ( $names as $name ) {
			$this->write( $name );
		}
		sort( $names, SORT_STRING );
		foreach ( array( 1, 2, 7, 39, 40, 41 ) as $most ) {
			$all   = array();
			$after = null;
			do {
				$batch = Folder::names( $this->folder, $after, $most );
				$all   = array_merge( $all, $batch );
				$after = end( $batch );
			} while ( count( $batch ) === $most );
			$this->assertSame( $names, $all, "batches of $most" );
		}
	}

	public function test_after_a_name_that_is_gone(): void {
		$this->write( 'a' );
		$this->write( 'c' );
		$this->assertSame( array( 'c' ), Folder::names( $this->folder, 'b', 10 ) );
	}

	public function test_no_folder(): void {
		$this->assertNull( Folder::names( "$this->folder/missing", null, 10 ) );
	}
}
