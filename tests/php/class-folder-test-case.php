<?php
/**
 * A test with a folder of its own.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator\Tests;

use Custom_Migrator\Exclusions;
use Custom_Migrator\Link_Policy;
use Custom_Migrator\Tree;
use PHPUnit\Framework\TestCase;

/**
 * Makes a site of folders, files and links and removes it again.
 */
abstract class Folder_Test_Case extends TestCase {

	// Stands for the web server's user where the tests run as root and can give links away.
	const WEB_USER = 12345;

	/**
	 * The folder.
	 *
	 * @var string
	 */
	protected $folder;

	protected function setUp(): void {
		$this->folder = realpath( sys_get_temp_dir() ) . '/custom-migrator-' . bin2hex( random_bytes( 8 ) );
		mkdir( $this->folder );
	}

	protected function tearDown(): void {
		$this->delete( $this->folder );
	}

	/**
	 * Writes a file below the folder, with the folders on the way.
	 */
	protected function write( string $path, string $bytes = '' ): string {
		$full = "$this->folder/$path";
		if ( ! is_dir( dirname( $full ) ) ) {
			mkdir( dirname( $full ), 0777, true );
		}
		file_put_contents( $full, $bytes );
		return $full;
	}

	/**
	 * Makes a link as the web server's user would.
	 */
	protected function link_as_web_user( string $target, string $path ): string {
		$full = "$this->folder/$path";
		symlink( $target, $full );
		if ( 0 === posix_geteuid() ) {
			lchown( $full, self::WEB_USER );
		}
		return $full;
	}

	/**
	 * A tree with one root, `core`, in the folder `site`.
	 */
	protected function tree( ?Exclusions $exclusions = null, array $more_roots = array() ): Tree {
		$roots = array( 'core' => "$this->folder/site" ) + $more_roots;
		$user  = 0 === posix_geteuid() ? self::WEB_USER : posix_geteuid();
		return new Tree( $roots, null === $exclusions ? new Exclusions() : $exclusions, new Link_Policy( $roots, $user ) );
	}

	private function delete( string $path ): void {
		if ( is_dir( $path ) && ! is_link( $path ) ) {
			chmod( $path, 0700 );
			foreach ( array_diff( scandir( $path ), array( '.', '..' ) ) as $name ) {
				$this->delete( "$path/$name" );
			}
			rmdir( $path );
			return;
		}
		unlink( $path );
	}
}
