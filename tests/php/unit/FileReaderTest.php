<?php
/**
 * Reading pieces of files, and what cannot be read.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator\Tests;

use Custom_Migrator\Arguments;
use Custom_Migrator\Budget;
use Custom_Migrator\Exclusions;
use Custom_Migrator\Failure;
use Custom_Migrator\File_Reader;

final class FileReaderTest extends Folder_Test_Case {

	/**
	 * Reads one item: [header, bytes].
	 */
	private function read( array $item, int $budget = 1048576, ?Exclusions $exclusions = null, float $seconds = 60 ): array {
		$item  += array( 'root' => 'core' );
		$reader = new File_Reader( $this->tree( $exclusions ) );
		list( $header, $bytes ) = $reader->frame( 3, new Arguments( $item ), new Budget( $budget, $seconds ) );
		$frame                  = $header . implode( '', $bytes->pieces() );
		$length = unpack( 'N', $frame )[1];
		$header = json_decode( substr( $frame, 4, $length ), true );
		$this->assertSame( 3, $header['index'] );
		return array( $header, (string) substr( $frame, 4 + $length ) );
	}

	private function assert_error( string $code, string $path, ?Exclusions $exclusions = null ): void {
		list( $header, $bytes ) = $this->read( array( 'path' => $path ), 1048576, $exclusions );
		$this->assertSame( array( $code, 0, '', null, false ), array( $header['error'], $header['length'], $bytes, $header['sha256'], $header['eof'] ), $path );
	}

	public function test_whole_file(): void {
		$content = random_bytes( 700000 );
		$path    = $this->write( 'site/a/b', $content );

		list( $header, $bytes ) = $this->read( array( 'path' => 'a/b' ) );
		$this->assertSame( $content, $bytes );
		$this->assertSame(
			array(
				'index'  => 3,
				'offset' => 0,
				'length' => 700000,
				'size'   => 700000,
				'mtime'  => filemtime( $path ),
				'sha256' => hash( 'sha256', $content ),
				'eof'    => true,
				'error'  => null,
			),
			$header
		);
	}

	public function test_pieces(): void {
		$this->write( 'site/f', '0123456789' );
		foreach ( array( array( 0, 4, '0123', false ), array( 4, 6, '456789', true ), array( 8, 100, '89', true ), array( 10, 5, '', true ), array( 99, 5, '', true ), array( 3, 0, '', false ) ) as list( $offset, $length, $expected, $eof ) ) {
			list( $header, $bytes ) = $this->read(
				array(
					'path'   => 'f',
					'offset' => $offset,
					'length' => $length,
				)
			);
			$this->assertSame( array( $expected, strlen( $expected ), $eof, hash( 'sha256', $expected ) ), array( $bytes, $header['length'], $header['eof'], $header['sha256'] ) );
		}
	}

	public function test_empty_file(): void {
		$this->write( 'site/f' );
		list( $header ) = $this->read( array( 'path' => 'f' ) );
		$this->assertSame( array( 0, true, null ), array( $header['length'], $header['eof'], $header['error'] ) );
	}

	public function test_budget_and_time_cut_a_file(): void {
		$this->write( 'site/f', str_repeat( 'x', 1000000 ) );
		list( $header, $bytes ) = $this->read( array( 'path' => 'f' ), 100000 );
		$this->assertSame( array( 100000 - File_Reader::HEADER_BYTES, false ), array( strlen( $bytes ), $header['eof'] ) );
		list( $header ) = $this->read( array( 'path' => 'f' ), 1048576, null, 0 );
		$this->assertSame( array( File_Reader::PIECE, false ), array( $header['length'], $header['eof'] ) );
	}

	public function test_a_file_beyond_two_gigabytes(): void {
		$path   = $this->write( 'site/f' );
		$handle = fopen( $path, 'r+b' );
		fseek( $handle, 3000000000 );
		fwrite( $handle, 'end' );
		fclose( $handle );
		list( $header, $bytes ) = $this->read(
			array(
				'path'   => 'f',
				'offset' => 3000000000,
			)
		);
		$this->assertSame( array( 'end', 3000000003, true ), array( $bytes, $header['size'], $header['eof'] ) );
	}

	public function test_hard_names(): void {
		$this->write( "site/new\nline/\xFF", 'x' );
		list( , $bytes ) = $this->read( array( 'path' => 'new%0Aline/%FF' ) );
		$this->assertSame( 'x', $bytes );
	}

	public function test_ways_out(): void {
		$this->write( 'site/a/b', 'x' );
		$this->write( 'secret', 'x' );
		foreach ( array( '../secret', '..%2Fsecret', 'a/../../secret', '%2F..%2Fsecret', "$this->folder/secret", 'a/b%00', '', 'missing', 'a', 'a/b/c', 'a/', './a/b' ) as $path ) {
			$this->assert_error( 'not_found', $path );
		}
	}

	public function test_a_link_put_in_place_after_the_listing(): void {
		$this->write( 'site/a/picture.jpg', 'x' );
		list( $header ) = $this->read( array( 'path' => 'a/picture.jpg' ) );
		$this->assertNull( $header['error'] );

		unlink( "$this->folder/site/a/picture.jpg" );
		$this->link_as_web_user( '/etc/passwd', 'site/a/picture.jpg' );
		$this->assert_error( 'not_found', 'a/picture.jpg' );

		unlink( "$this->folder/site/a/picture.jpg" );
		rmdir( "$this->folder/site/a" );
		$this->link_as_web_user( '/etc', 'site/a' );
		$this->assert_error( 'not_found', 'a/passwd' );
	}

	public function test_a_link_to_what_is_left_out(): void {
		$secret = $this->write( 'site/wp-config.php', 'secret' );
		symlink( 'wp-config.php', "$this->folder/site/x.txt" );
		$exclusions = new Exclusions();
		$exclusions->leave_out_names( "$this->folder/site", Exclusions::CORE, 'written anew' );
		$exclusions->leave_out( $secret, 'written anew' );
		$this->assert_error( 'not_found', 'wp-config.php', $exclusions );
		$this->assert_error( 'not_found', 'x.txt', $exclusions );
	}

	public function test_below_a_folder_that_is_left_out(): void {
		$this->write( 'site/.git/config', 'x' );
		$this->assert_error( 'not_found', '.git/config' );
	}

	public function test_a_link_that_is_followed(): void {
		$this->write( 'outside/file', 'bytes' );
		$this->write( 'site/x' );
		symlink( '../outside', "$this->folder/site/linked" );
		list( , $bytes ) = $this->read( array( 'path' => 'linked/file' ) );
		$this->assertSame( 'bytes', $bytes );
	}

	public function test_unreadable(): void {
		$path = $this->write( 'site/f', 'x' );
		chmod( $path, 0 );
		if ( is_readable( $path ) ) {
			// The superuser reads everything.
			list( $header ) = $this->read( array( 'path' => 'f' ) );
			$this->assertNull( $header['error'] );
			return;
		}
		$this->assert_error( 'unreadable', 'f' );
	}

	public function test_a_pipe_does_not_block(): void {
		mkdir( "$this->folder/site" );
		posix_mkfifo( "$this->folder/site/pipe", 0600 );
		$this->assert_error( 'not_found', 'pipe' );
	}

	public function test_unknown_root(): void {
		mkdir( "$this->folder/site" );
		list( $header ) = $this->read(
			array(
				'path' => 'f',
				'root' => 'etc',
			)
		);
		$this->assertSame( 'not_found', $header['error'] );
	}

	public function test_malformed_items(): void {
		foreach ( array( array(), array( 'path' => array( 'f' ) ), array( 'path' => 'f', 'offset' => -1 ), array( 'path' => 'f', 'length' => '5' ) ) as $item ) {
			try {
				$this->read( $item );
				$this->fail( 'accepted: ' . json_encode( $item ) );
			} catch ( Failure $failure ) {
				$this->assertSame( 'bad_request', $failure->reason() );
			}
		}
	}
}
