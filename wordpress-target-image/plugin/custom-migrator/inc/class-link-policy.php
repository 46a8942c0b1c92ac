<?php
/**
 * Which symbolic links are followed.
 *
 * A site may be built of links (a deployment with shared uploads, Debian's package), so they are followed. But whoever can make
 * the web server write a link must not get other people's files out of it: a link made by the web server's own user has to
 * point to something of the same owner, as with Apache's SymLinksIfOwnerMatch.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Judges links by where they lead and who made them.
 */
final class Link_Policy {

	const MOST_FOLDER_LINKS = 8;

	/**
	 * Folders of the site, links resolved.
	 *
	 * @var string[]
	 */
	private $site_folders;

	/**
	 * User that PHP runs as; null when it is not known.
	 *
	 * @var int|null
	 */
	private $php_user;

	/**
	 * Makes a policy.
	 *
	 * @param string[] $site_folders Folders of the site.
	 * @param int|null $php_user     User that PHP runs as; null when it is not known.
	 */
	public function __construct( array $site_folders, $php_user ) {
		$this->site_folders = array_values( array_filter( array_map( 'realpath', $site_folders ) ) );
		$this->php_user     = $php_user;
	}

	/**
	 * Says why a link is not followed.
	 *
	 * @param string      $path   The link.
	 * @param array       $link   Its own lstat().
	 * @param array|false $target The stat() of what it leads to.
	 * @return string|null Null when it is followed.
	 */
	public function reason( string $path, array $link, $target ) {
		// PHP remembers where paths led, for minutes and beyond the request: a file that was replaced by a link would still count as itself.
		clearstatcache( true );
		$real = realpath( $path );
		if ( false === $target || false === $real ) {
			return 'broken link';
		}
		if ( $this->is_in_site( $real ) ) {
			return null;
		}
		if ( 1 === preg_match( '~\A/(proc|sys|dev)(/|\z)~', $real ) || $this->is_above_site( $real ) ) {
			return 'link to a folder of the system';
		}
		return $this->is_trusted( $link['uid'], $target['uid'] ) ? null : 'link to something of another owner';
	}

	/**
	 * Says whether a path lies in the site.
	 *
	 * @param string $real Path without links.
	 * @return bool
	 */
	private function is_in_site( string $real ): bool {
		foreach ( $this->site_folders as $folder ) {
			if ( self::contains( $folder, $real ) ) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Says whether a path holds the site: listing it would list the host.
	 *
	 * @param string $real Path without links.
	 * @return bool
	 */
	private function is_above_site( string $real ): bool {
		foreach ( $this->site_folders as $folder ) {
			if ( self::contains( $real, $folder ) ) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Says whether one path lies in another or is the same.
	 *
	 * @param string $outer Path without links.
	 * @param string $inner Path without links.
	 * @return bool
	 */
	private static function contains( string $outer, string $inner ): bool {
		$outer = rtrim( $outer, '/' ) . '/';
		return 0 === strncmp( $inner . '/', $outer, strlen( $outer ) );
	}

	/**
	 * Says whether a link's maker may lead us to its target.
	 *
	 * @param int $link   Owner of the link.
	 * @param int $target Owner of what it leads to.
	 * @return bool
	 */
	private function is_trusted( int $link, int $target ): bool {
		return 0 === $link || $link === $target || ( null !== $this->php_user && $link !== $this->php_user );
	}
}
