<?php
/**
 * Lists a root page by page without remembering anything between calls.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Goes through a root depth first in byte order; the path met last says where to go on.
 */
final class Walk {

	const BATCH       = 2000;
	const MOST_BYTES  = 4194304;
	const ENTRY_BYTES = 48;

	/**
	 * The files.
	 *
	 * @var Tree
	 */
	private $tree;

	/**
	 * How many paths may still be met.
	 *
	 * @var int
	 */
	private $left;

	/**
	 * Bytes and time.
	 *
	 * @var Budget
	 */
	private $budget;

	/**
	 * The answer as it grows.
	 *
	 * @var array
	 */
	private $page = array(
		'entries' => array(),
		'next'    => null,
		'skipped' => array(),
	);

	/**
	 * Prepares one page.
	 *
	 * @param Tree   $tree   The files.
	 * @param int    $limit  How many paths, 1 or more.
	 * @param Budget $budget Bytes and time.
	 */
	public function __construct( Tree $tree, int $limit, Budget $budget ) {
		$this->tree   = $tree;
		$this->left   = $limit;
		$this->budget = $budget;
	}

	/**
	 * Makes the page.
	 *
	 * @param string   $root  One of the roots to walk.
	 * @param string[] $after Names down to the path met last; empty to begin.
	 * @return array {entries: [[path, type, size, mtime]…], next: path|null, skipped: [[path, reason]…]}; paths as Path::encode() makes them.
	 * @throws Failure `not_found` when there is no such root.
	 */
	public function page( string $root, array $after ): array {
		if ( $this->visit( $this->tree->root( $root ), $after ) ) {
			$this->page['next'] = null;
		}
		return $this->page;
	}

	/**
	 * Goes through a folder.
	 *
	 * @param Node     $folder Entered already.
	 * @param string[] $after  Names below it down to the path met last; empty to begin.
	 * @return bool False when the page is full.
	 */
	private function visit( Node $folder, array $after ): bool {
		$last = array() === $after ? null : $after[0];
		if ( null !== $last && ! $this->resume( $folder, $last, array_slice( $after, 1 ) ) ) {
			return false;
		}
		do {
			$names = Folder::names( $folder->path, $last, self::BATCH );
			if ( null === $names ) {
				$this->page['skipped'][] = array( Path::encode( $folder->parts ), 'unreadable' );
				return true;
			}
			foreach ( $names as $name ) {
				if ( ! $this->meet( $folder, $name ) ) {
					return false;
				}
				$last = $name;
			}
		} while ( count( $names ) === self::BATCH );
		return true;
	}

	/**
	 * Goes on in the folder in which the last page ended.
	 *
	 * @param Node     $folder Entered already.
	 * @param string   $name   Met by an earlier page.
	 * @param string[] $after  Names below it.
	 * @return bool False when the page is full.
	 */
	private function resume( Node $folder, string $name, array $after ): bool {
		$node = $this->tree->enter( $folder, $name );
		return 'd' !== $node->type || null !== $node->reason || $this->visit( $node, $after );
	}

	/**
	 * Takes up one name and what lies below it.
	 *
	 * @param Node   $folder Entered already.
	 * @param string $name   A name in it.
	 * @return bool False when the page is full.
	 */
	private function meet( Node $folder, string $name ): bool {
		if ( $this->left <= 0 || ( null !== $this->page['next'] && $this->budget->is_spent() ) ) {
			return false;
		}
		$node = $this->tree->enter( $folder, $name );
		$path = Path::encode( $node->parts );
		if ( null !== $node->reason ) {
			$this->page['skipped'][] = array( $path, $node->reason );
		} else {
			$this->page['entries'][] = array( $path, $node->type, $node->size, $node->mtime );
		}
		$this->page['next'] = $path;
		$this->budget->take( strlen( $path ) + self::ENTRY_BYTES );
		--$this->left;
		return 'd' !== $node->type || null !== $node->reason || $this->visit( $node, array() );
	}
}
