<?php
/**
 * One file or folder met in the tree.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * What is known of a file or folder, and why it is left out where it is.
 */
final class Node {

	/**
	 * Where it lies, links not resolved.
	 *
	 * @var string
	 */
	public $path;

	/**
	 * Names from the root down to it, raw bytes; empty for the root itself.
	 *
	 * @var string[]
	 */
	public $parts;

	/**
	 * `f` file, `d` folder, empty for anything else.
	 *
	 * @var string
	 */
	public $type = '';

	/**
	 * Which thing it is on disk, whatever its name: device and inode.
	 *
	 * @var string
	 */
	public $id = '';

	/**
	 * Size in bytes.
	 *
	 * @var int
	 */
	public $size = 0;

	/**
	 * Last change, unix seconds.
	 *
	 * @var int
	 */
	public $mtime = 0;

	/**
	 * Ids of the folders above it, as keys.
	 *
	 * @var array
	 */
	public $trail = array();

	/**
	 * How many links to folders lie on the way to it.
	 *
	 * @var int
	 */
	public $links = 0;

	/**
	 * Why it is left out; null when it is not.
	 *
	 * @var string|null
	 */
	public $reason = null;

	/**
	 * Makes the node of a root.
	 *
	 * @param string $path Folder.
	 * @return self
	 */
	public static function root( string $path ): self {
		$node       = new self();
		$node->path = $path;

		$node->parts = array();
		$node->describe( @stat( $path ) );
		return $node;
	}

	/**
	 * Makes the node of something in this folder; describe() has to follow.
	 *
	 * @param string $name One name, raw bytes.
	 * @return self
	 */
	public function child( string $name ): self {
		$node          = new self();
		$node->path    = rtrim( $this->path, '/' ) . '/' . $name;
		$node->parts   = $this->parts;
		$node->parts[] = $name;
		$node->links   = $this->links;
		$node->trail   = $this->trail;

		$node->trail[ $this->id ] = true;
		return $node;
	}

	/**
	 * Takes over what the file system says.
	 *
	 * @param array|false $stat Of stat().
	 * @return void
	 */
	public function describe( $stat ) {
		if ( false === $stat ) {
			$this->reason = 'vanished';
			return;
		}
		$kinds       = array(
			0100000 => 'f',
			0040000 => 'd',
		);
		$kind        = $stat['mode'] & 0170000;
		$this->type  = isset( $kinds[ $kind ] ) ? $kinds[ $kind ] : '';
		$this->size  = 'f' === $this->type ? $stat['size'] : 0;
		$this->mtime = $stat['mtime'];
		$this->id    = self::id_of( $stat, $this->path );
	}

	/**
	 * Identifies a thing on disk. Windows before PHP 7.4 has no inodes: there the resolved path stands for it.
	 *
	 * @param array  $stat Of stat().
	 * @param string $path Its path.
	 * @return string
	 */
	public static function id_of( array $stat, string $path ): string {
		return $stat['ino'] ? $stat['dev'] . ':' . $stat['ino'] : (string) realpath( $path );
	}
}
