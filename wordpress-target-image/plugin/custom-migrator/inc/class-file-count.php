<?php
/**
 * How much a root holds: asked before a copy begins, where the list itself would be too much.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Counts the files that Walk lists, and their bytes, until the time is over.
 */
final class File_Count {

	const PAGE = 2000;

	/**
	 * The files.
	 *
	 * @var Tree
	 */
	private $tree;

	/**
	 * Makes a count.
	 *
	 * @param Tree $tree The files.
	 */
	public function __construct( Tree $tree ) {
		$this->tree = $tree;
	}

	/**
	 * Counts from a path on; at least one page.
	 *
	 * @param string      $root   One of the roots to walk.
	 * @param string|null $cursor What the count before came to; null to begin.
	 * @param Budget      $time   Ends the count.
	 * @return array {files, bytes, next: path or null}
	 * @throws Failure `not_found` when there is no such root, `bad_request` for a wrong cursor.
	 */
	public function from( string $root, $cursor, Budget $time ): array {
		$files = 0;
		$bytes = 0;
		do {
			$walk   = new Walk( $this->tree, self::PAGE, new Budget( Walk::MOST_BYTES ) );
			$page   = $walk->page( $root, null === $cursor ? array() : Path::decode( $cursor ) );
			$sizes  = self::sizes( $page['entries'] );
			$files += count( $sizes );
			$bytes += array_sum( $sizes );
			$cursor = $page['next'];
		} while ( null !== $cursor && ! $time->is_late() );
		return array(
			'files' => $files,
			'bytes' => $bytes,
			'next'  => $cursor,
		);
	}

	/**
	 * Sizes of the files in a page.
	 *
	 * @param array[] $entries Of Walk::page().
	 * @return int[] Bytes.
	 */
	private static function sizes( array $entries ): array {
		$sizes = array();
		foreach ( $entries as $entry ) {
			if ( 'f' === $entry[1] ) {
				$sizes[] = (int) $entry[2];
			}
		}
		return $sizes;
	}
}
