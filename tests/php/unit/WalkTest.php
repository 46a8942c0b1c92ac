<?php
/**
 * Listing a tree page by page.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator\Tests;

use Custom_Migrator\Budget;
use Custom_Migrator\Exclusions;
use Custom_Migrator\Failure;
use Custom_Migrator\Path;
use Custom_Migrator\Tree;
use Custom_Migrator\Walk;

final class WalkTest extends Folder_Test_Case {

	private static function page( Tree $tree, int $limit, ?string $cursor, string $root = 'core' ): array {
		$after = null === $cursor ? array() : Path::decode( $cursor );
		return ( new Walk( $tree, $limit, new Budget( Walk::MOST_BYTES, 60 ) ) )->page( $root, $after );
	}

	/**
	 * All pages: [entries by path, reasons by path, number of pages].
	 */
	private function walk( Tree $tree, int $limit, string $root = 'core' ): array {
		$entries = array();
		$skipped = array();
		$cursor  = null;
		$pages   = 0;
		do {
			$page = self::page( $tree, $limit, $cursor, $root );
			foreach ( $page['entries'] as $entry ) {
				$this->assertArrayNotHasKey( $entry[0], $entries, 'listed twice' );
				$entries[ $entry[0] ] = array_slice( $entry, 1 );
			}
			foreach ( $page['skipped'] as $skip ) {
				$this->assertArrayNotHasKey( $skip[0], $skipped, 'skipped twice' );
				$skipped[ $skip[0] ] = $skip[1];
			}
			$cursor = $page['next'];
			++$pages;
		} while ( null !== $cursor );
		return array( $entries, $skipped, $pages );
	}

	public function test_depth_first_in_byte_order(): void {
		foreach ( array( 'a/b/c', 'a/b.txt', 'a.txt', 'a-', 'b/x' ) as $path ) {
			$this->write( "site/$path", 'four' );
		}
		mkdir( "$this->folder/site/empty" );
		list( $entries ) = $this->walk( $this->tree(), 100 );
		$this->assertSame( array( 'a', 'a/b', 'a/b/c', 'a/b.txt', 'a-', 'a.txt', 'b', 'b/x', 'empty' ), array_map( 'strval', array_keys( $entries ) ) );
		$this->assertSame( array( 'f', 4, filemtime( "$this->folder/site/a/b/c" ) ), $entries['a/b/c'] );
		$this->assertSame( array( 'd', 0, filemtime( "$this->folder/site/empty" ) ), $entries['empty'] );
	}

	public function test_pages_of_every_size_give_the_same(): void {
		for ( $i = 0; $i < 60; $i++ ) {
			$this->write( 'site/' . ( $i % 7 ) . '/' . ( $i % 3 ) . "/$i" );
		}
		$this->write( 'site/.git/config' );
		$this->write( 'site/3/.svn/x' );
		list( $all, $skipped, $pages ) = $this->walk( $this->tree(), 10000 );
		$this->assertSame( 1, $pages );
		$this->assertCount( 60 + 7 + 21, $all );
		$this->assertSame(
			array(
				'.git'   => 'version control',
				'3/.svn' => 'version control',
			),
			$skipped
		);
		foreach ( array( 1, 2, 3, 5, 17, 89, 90, 91 ) as $limit ) {
			$this->assertSame( array( $all, $skipped ), array_slice( $this->walk( $this->tree(), $limit ), 0, 2 ), "pages of $limit" );
		}
	}

	public function test_hard_names(): void {
		$names = array( "new\nline", str_repeat( 'n', 255 ), "\xFF\xFE", 'a b', '%2F', '0', '-1', "quote\"'`\\", "\u{1F600}" );
		foreach ( $names as $name ) {
			$this->write( "site/$name/$name", $name );
		}
		foreach ( array( 1, 100 ) as $limit ) {
			list( $entries ) = $this->walk( $this->tree(), $limit );
			$this->assertCount( 2 * count( $names ), $entries );
			foreach ( $names as $name ) {
				$this->assertSame( strlen( $name ), $entries[ Path::encode( array( $name, $name ) ) ][1] );
			}
		}
	}

	public function test_a_thing_that_is_gone_between_pages(): void {
		foreach ( array( 'a/1', 'b/1', 'b/2', 'c' ) as $path ) {
			$this->write( "site/$path" );
		}
		$page = self::page( $this->tree(), 4, null );
		$this->assertSame( 'b/1', $page['next'] );
		unlink( "$this->folder/site/b/1" );
		unlink( "$this->folder/site/b/2" );
		rmdir( "$this->folder/site/b" );
		$this->write( 'site/b' );
		$this->assertSame( array( 'c' ), array_column( self::page( $this->tree(), 4, 'b/1' )['entries'], 0 ) );
	}

	public function test_links_are_listed_as_what_they_point_to(): void {
		$this->write( 'outside/folder/file', 'bytes' );
		$this->write( 'site/real', 'x' );
		symlink( "$this->folder/outside/folder", "$this->folder/site/linked" );
		symlink( '../outside/folder/file', "$this->folder/site/file" );
		symlink( 'real', "$this->folder/site/inside" );
		list( $entries, $skipped ) = $this->walk( $this->tree(), 3 );
		$this->assertSame( array(), $skipped );
		$this->assertSame( array( 'file', 'inside', 'linked', 'linked/file', 'real' ), array_keys( $entries ) );
		$this->assertSame( array( 'f', 5 ), array_slice( $entries['file'], 0, 2 ) );
		$this->assertSame( 'd', $entries['linked'][0] );
	}

	public function test_loops_and_broken_links(): void {
		mkdir( "$this->folder/site/a/b", 0777, true );
		symlink( '../..', "$this->folder/site/a/b/up" );
		symlink( '.', "$this->folder/site/a/self" );
		symlink( 'missing', "$this->folder/site/broken" );
		symlink( 'one', "$this->folder/site/two" );
		symlink( 'two', "$this->folder/site/one" );
		mkdir( "$this->folder/site/x" );
		mkdir( "$this->folder/site/y" );
		symlink( '../y', "$this->folder/site/x/y" );
		symlink( '../x', "$this->folder/site/y/x" );
		foreach ( array( 1, 100 ) as $limit ) {
			list( $entries, $skipped ) = $this->walk( $this->tree(), $limit );
			$this->assertSame( array( 'a', 'a/b', 'x', 'x/y', 'y', 'y/x' ), array_keys( $entries ) );
			$this->assertSame(
				array(
					'a/b/up' => 'loop',
					'a/self' => 'loop',
					'broken' => 'broken link',
					'one'    => 'broken link',
					'two'    => 'broken link',
					'x/y/x'  => 'loop',
					'y/x/y'  => 'loop',
				),
				$skipped
			);
		}
	}

	public function test_links_that_multiply_come_to_an_end(): void {
		// Each of the folders leads to the next one by two links: 2^20 paths.
		for ( $i = 0; $i < 20; $i++ ) {
			mkdir( "$this->folder/site/d$i", 0777, true );
			symlink( '../d' . ( $i + 1 ), "$this->folder/site/d$i/a" );
			symlink( '../d' . ( $i + 1 ), "$this->folder/site/d$i/b" );
		}
		mkdir( "$this->folder/site/d20" );
		list( $entries, $skipped ) = $this->walk( $this->tree(), 10000 );
		$this->assertContains( 'too many links', $skipped );
		$this->assertLessThan( 12000, count( $entries ) );
	}

	public function test_links_to_the_system(): void {
		mkdir( "$this->folder/site" );
		symlink( '/', "$this->folder/site/all" );
		symlink( $this->folder, "$this->folder/site/above" );
		symlink( '/proc/self', "$this->folder/site/proc" );
		symlink( '/dev/zero', "$this->folder/site/zero" );
		list( $entries, $skipped ) = $this->walk( $this->tree(), 100 );
		$this->assertSame( array(), $entries );
		$this->assertSame( array( 'link to a folder of the system' ), array_values( array_unique( $skipped ) ) );
	}

	public function test_a_link_of_the_web_server_to_another_owners_file(): void {
		mkdir( "$this->folder/site" );
		$this->link_as_web_user( '/etc/passwd', 'site/passwd.jpg' );
		list( $entries, $skipped ) = $this->walk( $this->tree(), 100 );
		$this->assertSame( array( array(), array( 'passwd.jpg' => 'link to something of another owner' ) ), array( $entries, $skipped ) );
	}

	public function test_what_is_neither_file_nor_folder(): void {
		mkdir( "$this->folder/site" );
		posix_mkfifo( "$this->folder/site/pipe", 0600 );
		list( , $skipped ) = $this->walk( $this->tree(), 100 );
		$this->assertSame( array( 'pipe' => 'neither file nor folder' ), $skipped );
	}

	public function test_roots_inside_roots_are_listed_once(): void {
		$this->write( 'site/content/uploads/a' );
		$this->write( 'site/b' );
		symlink( 'content', "$this->folder/site/c" );
		symlink( '../..', "$this->folder/site/content/up" );
		$tree = $this->tree( null, array( 'content' => "$this->folder/site/content" ) );

		list( $entries, $skipped ) = $this->walk( $tree, 100 );
		$this->assertSame( array( 'b' ), array_keys( $entries ) );
		$this->assertSame(
			array(
				'c'       => 'listed as content',
				'content' => 'listed as content',
			),
			$skipped
		);

		list( $entries, $skipped ) = $this->walk( $tree, 100, 'content' );
		$this->assertSame( array( 'uploads', 'uploads/a' ), array_keys( $entries ) );
		$this->assertSame( array( 'up' => 'link to a folder of the system' ), $skipped );
	}

	public function test_exclusions_by_name_hold_in_their_folder_only(): void {
		foreach ( array( '.htaccess', 'wp-config.php', 'sub/.htaccess', 'sub/wp-config.php', 'index.php' ) as $path ) {
			$this->write( "site/$path" );
		}
		$exclusions = new Exclusions();
		$exclusions->leave_out_names( "$this->folder/site", Exclusions::CORE, 'written anew' );
		list( $entries, $skipped ) = $this->walk( $this->tree( $exclusions ), 100 );
		$this->assertSame( array( 'index.php', 'sub', 'sub/.htaccess', 'sub/wp-config.php' ), array_keys( $entries ) );
		$this->assertSame( array( '.htaccess', 'wp-config.php' ), array_keys( $skipped ) );
	}

	public function test_exclusions_by_identity_hold_for_every_name(): void {
		$secret = $this->write( 'site/wp-config.php', 'secret' );
		symlink( '../wp-config.php', "$this->folder/site/link.txt" );
		link( $secret, "$this->folder/site/hard.txt" );
		$exclusions = new Exclusions();
		$exclusions->leave_out( $secret, 'written anew' );
		$exclusions->leave_out( "$this->folder/missing", 'never met' );
		list( $entries, $skipped ) = $this->walk( $this->tree( $exclusions ), 100 );
		$this->assertSame( array(), $entries );
		$this->assertSame( array( 'hard.txt', 'link.txt', 'wp-config.php' ), array_keys( $skipped ) );
	}

	public function test_names_of_backups_and_temporary_files(): void {
		$content = array( 'ai1wm-backups', 'updraft', 'backups-dup-lite', 'wpvividbackups', 'backup-db', 'backwpup-1a2b-logs' );
		foreach ( $content as $name ) {
			$this->assertSame( 1, preg_match( Exclusions::CONTENT_BACKUPS, $name ), $name );
		}
		foreach ( array( 'uploads', 'plugins', 'themes', 'languages', 'updraftplus', 'my-backups-x', "updraft\n" ) as $name ) {
			$this->assertSame( 0, preg_match( Exclusions::CONTENT_BACKUPS, $name ), $name );
		}
		foreach ( array( 'cache', 'upgrade', 'upgrade-temp-backup' ) as $name ) {
			$this->assertSame( 1, preg_match( Exclusions::TEMPORARY, $name ), $name );
		}
		foreach ( array( 'caches', 'et-cache-x', '2025', 'upgrade2' ) as $name ) {
			$this->assertSame( 0, preg_match( Exclusions::TEMPORARY, $name ), $name );
			$this->assertSame( 0, preg_match( Exclusions::UPLOADS_BACKUPS, $name ), $name );
		}
	}

	public function test_time_and_bytes_end_a_page_but_never_before_its_first_path(): void {
		foreach ( array( 'a', 'b', 'c' ) as $name ) {
			$this->write( "site/$name" );
		}
		foreach ( array( new Budget( 1, 60 ), new Budget( 1000, 0 ) ) as $budget ) {
			$page = ( new Walk( $this->tree(), 100, $budget ) )->page( 'core', array( 'a' ) );
			$this->assertSame( array( array( 'b' ), 'b' ), array( array_column( $page['entries'], 0 ), $page['next'] ) );
		}
	}

	public function test_unknown_root(): void {
		mkdir( "$this->folder/site" );
		$this->expectException( Failure::class );
		self::page( $this->tree(), 1, null, '../etc' );
	}
}
