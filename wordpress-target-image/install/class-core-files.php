<?php
/**
 * WordPress's own files, copied from the image into the clone's volume.
 */

namespace WordPress_Clone;

use FilesystemIterator;
use RecursiveDirectoryIterator;
use RecursiveIteratorIterator;
use RuntimeException;

final class Core_Files {

	/** The file whose presence says that the installation is complete. */
	const MARK = 'wp-load.php';

	/** @var string */
	private $from;

	/** @var string */
	private $to;

	/**
	 * @param string $from Folder of a complete WordPress without links.
	 * @param string $to   Folder that becomes ABSPATH.
	 */
	public function __construct( $from, $to ) {
		$this->from = $from;
		$this->to   = $to;
	}

	/** @throws RuntimeException If the volume cannot take a file. */
	public function copy_all_but_the_mark() {
		$flags = FilesystemIterator::SKIP_DOTS | FilesystemIterator::CURRENT_AS_FILEINFO;
		$tree  = new RecursiveDirectoryIterator( $this->from, $flags );
		foreach ( new RecursiveIteratorIterator( $tree, RecursiveIteratorIterator::SELF_FIRST ) as $entry ) {
			$path = substr( $entry->getPathname(), strlen( $this->from ) + 1 );
			if ( self::MARK !== $path ) {
				$this->copy( $path, $entry->isDir() );
			}
		}
	}

	/** @throws RuntimeException If the volume cannot take the file. */
	public function write_the_mark() {
		$this->copy( self::MARK, false );
	}

	private function copy( $path, $is_folder ) {
		$target = $this->to . '/' . $path;
		$done   = $is_folder
			? is_dir( $target ) || mkdir( $target )
			: copy( $this->from . '/' . $path, $target );
		if ( ! $done ) {
			throw new RuntimeException( "cannot write $target" );
		}
	}
}
