<?php
/**
 * The one way into the site's files.
 *
 * Listing and reading both go down from a root name by name through enter(), so that nothing can be read that would not be
 * listed now: not by `..`, not by a link that was put in place of a file after the listing.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Roots, rules and links of a site.
 */
final class Tree {

	/**
	 * Folders to walk, by name.
	 *
	 * @var string[]
	 */
	private $roots;

	/**
	 * Names of those folders by id.
	 *
	 * @var string[]
	 */
	private $names_by_id = array();

	/**
	 * What is left out.
	 *
	 * @var Exclusions
	 */
	private $exclusions;

	/**
	 * Which links are followed.
	 *
	 * @var Link_Policy
	 */
	private $links;

	/**
	 * Makes a tree.
	 *
	 * @param string[]    $roots      Folders to walk, by name.
	 * @param Exclusions  $exclusions What is left out.
	 * @param Link_Policy $links      Which links are followed.
	 */
	public function __construct( array $roots, Exclusions $exclusions, Link_Policy $links ) {
		$this->roots      = $roots;
		$this->exclusions = $exclusions;
		$this->links      = $links;
		foreach ( $roots as $name => $path ) {
			$this->names_by_id[ Node::root( $path )->id ] = $name;
		}
	}

	/**
	 * The tree of this WordPress.
	 *
	 * @return self
	 */
	public static function of_site(): self {
		$roots   = Roots::of_site();
		$folders = $roots->all();
		$folders = array_merge( array_values( array_diff_key( $folders, array( 'themes' => 0 ) ) ), $folders['themes'] );
		$user    = function_exists( 'posix_geteuid' ) ? posix_geteuid() : null;
		return new self(
			$roots->to_walk(),
			Exclusions::of_site( $roots, dirname( PLUGIN_FILE ) ),
			new Link_Policy( $folders, $user )
		);
	}

	/**
	 * A root.
	 *
	 * @param string $name One of the roots to walk.
	 * @return Node
	 * @throws Failure `not_found` when there is no such root.
	 */
	public function root( string $name ): Node {
		if ( ! isset( $this->roots[ $name ] ) ) {
			throw new Failure( 'not_found', 'There is no such root.' );
		}
		return Node::root( $this->roots[ $name ] );
	}

	/**
	 * Goes one step down. The node says in `reason` when it must not be listed, read or entered.
	 *
	 * @param Node   $folder A folder that was entered.
	 * @param string $name   One name in it.
	 * @return Node
	 */
	public function enter( Node $folder, string $name ): Node {
		$node = $folder->child( $name );
		$link = @lstat( $node->path );
		$stat = $link;
		if ( false !== $link && 0120000 === ( $link['mode'] & 0170000 ) ) {
			$stat         = @stat( $node->path );
			$node->reason = $this->links->reason( $node->path, $link, $stat );
			$node->links += false !== $stat && 0040000 === ( $stat['mode'] & 0170000 ) ? 1 : 0;
		}
		$by_name      = $this->exclusions->reason_of_name( $folder, $name );
		$node->reason = null !== $by_name ? $by_name : $node->reason;
		if ( null === $node->reason ) {
			$node->describe( $stat );
			$node->reason = null !== $node->reason ? $node->reason : $this->reason_of( $node );
		}
		return $node;
	}

	/**
	 * Goes down to a file.
	 *
	 * @param string   $root  One of the roots to walk.
	 * @param string[] $parts Names, raw bytes.
	 * @return Node A file that may be read.
	 * @throws Failure `not_found`, or `unreadable` where only the rights are missing.
	 */
	public function file( string $root, array $parts ): Node {
		$node = $this->root( $root );
		foreach ( $parts as $part ) {
			$node = 'd' === $node->type && null === $node->reason ? $this->enter( $node, $part ) : null;
			if ( null === $node ) {
				break;
			}
		}
		if ( null !== $node && 'unreadable' === $node->reason ) {
			throw new Failure( 'unreadable', 'The file cannot be read.' );
		}
		if ( null === $node || null !== $node->reason || 'f' !== $node->type ) {
			throw new Failure( 'not_found', 'There is no such file.' );
		}
		return $node;
	}

	/**
	 * Says why something that exists is left out.
	 *
	 * @param Node $node Described.
	 * @return string|null Null when it is not.
	 */
	private function reason_of( Node $node ) {
		$by_id = $this->exclusions->reason_of_id( $node->id );
		if ( null !== $by_id ) {
			return $by_id;
		}
		if ( 'd' === $node->type ) {
			return $this->reason_of_folder( $node );
		}
		if ( 'f' !== $node->type ) {
			return 'neither file nor folder';
		}
		return is_readable( $node->path ) ? null : 'unreadable';
	}

	/**
	 * Says why a folder is not entered.
	 *
	 * @param Node $node A folder.
	 * @return string|null Null when it is.
	 */
	private function reason_of_folder( Node $node ) {
		if ( isset( $node->trail[ $node->id ] ) ) {
			return 'loop';
		}
		if ( isset( $this->names_by_id[ $node->id ] ) ) {
			return 'listed as ' . $this->names_by_id[ $node->id ];
		}
		return $node->links > Link_Policy::MOST_FOLDER_LINKS ? 'too many links' : null;
	}
}
