<?php
/**
 * Names in a folder, in byte order, with bounded memory.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * A folder can hold a million files, a host may give 64 MB: only a batch of names is kept at a time.
 */
final class Folder {

	/**
	 * Lists the first names after a given one.
	 *
	 * @param string      $path  Folder.
	 * @param string|null $after Names up to this one, itself included, are left out; null for none.
	 * @param int         $most  How many names at most, 1 or more.
	 * @return string[]|null In byte order; null when the folder cannot be read.
	 */
	public static function names( string $path, $after, int $most ) {
		$handle = @opendir( $path );
		if ( false === $handle ) {
			return null;
		}
		$heap = self::heap();
		while ( false !== ( $name = readdir( $handle ) ) ) {
			$name = (string) $name;
			if ( '.' !== $name && '..' !== $name && ( null === $after || strcmp( $name, $after ) > 0 ) ) {
				self::keep( $heap, $name, $most );
			}
		}
		closedir( $handle );
		$names = array();
		foreach ( $heap as $name ) {
			$names[] = $name;
		}
		return array_reverse( $names );
	}

	/**
	 * Keeps a name if it is among the smallest.
	 *
	 * @param \SplHeap $heap Names so far, the greatest on top.
	 * @param string   $name Raw bytes.
	 * @param int      $most How many names at most.
	 * @return void
	 */
	private static function keep( \SplHeap $heap, string $name, int $most ) {
		if ( $heap->count() >= $most ) {
			if ( strcmp( $name, $heap->top() ) > 0 ) {
				return;
			}
			$heap->extract();
		}
		$heap->insert( $name );
	}

	/**
	 * Makes a heap in byte order. The usual comparison takes "10" and "9" for numbers.
	 *
	 * @return \SplHeap
	 */
	private static function heap(): \SplHeap {
		return new class() extends \SplHeap {
			/**
			 * Compares bytes.
			 *
			 * @param string $value1 A name.
			 * @param string $value2 A name.
			 * @return int
			 */
			protected function compare( $value1, $value2 ): int {
				return strcmp( $value1, $value2 );
			}
		};
	}
}
