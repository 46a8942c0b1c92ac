<?php
/**
 * What a copy leaves out.
 *
 * Secrets of the host (configuration), what a copy writes anew, what can be made again (caches), other plugins' backups, and
 * our own plugin.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Rules by name within one folder, and by identity wherever a thing is met: a link or hard link does not get around those.
 */
final class Exclusions {

	const VERSION_CONTROL = '/\A\.(git|svn|hg|bzr)\z/i';
	const CORE            = '/\A(wp-config\.php|\.htaccess|\.user\.ini)\z/i';
	const TEMPORARY       = '/\A(cache|upgrade|upgrade-temp-backup)\z/i';
	// Folders of All-in-One WP Migration, UpdraftPlus, Duplicator, WPvivid, WP-DBManager, BackWPup, BackUpWordPress.
	const CONTENT_BACKUPS = '/\A(ai1wm-backups|updraft|backups-.+|wpvivid.*|backup-db|backwpup-.+|backupwordpress-.+)\z/i';
	// Folders of BackWPup, BackupBuddy, WPvivid, WP Staging, WP Clone, Backup Guard, UpdraftPlus.
	const UPLOADS_BACKUPS = '/\A(backwpup-.+|backupbuddy_.+|pb_backupbuddy|wpvivid.*|wp-staging|wp-clone|backup-guard|updraft)\z/i';

	/**
	 * Reasons by folder id and pattern.
	 *
	 * @var array
	 */
	private $by_folder = array();

	/**
	 * Reasons by id.
	 *
	 * @var string[]
	 */
	private $by_id = array();

	/**
	 * The rules for a site.
	 *
	 * @param Roots  $roots      Where its folders are.
	 * @param string $own_folder Folder of this plugin.
	 * @return self
	 */
	public static function of_site( Roots $roots, string $own_folder ): self {
		$rules = new self();
		$core  = $roots->place( 'core' );
		$rules->leave_out_names( $core, self::CORE, 'written anew' );
		if ( $roots->has_content_elsewhere() ) {
			$rules->leave_out_names( $core, '/\Awp-content\z/', 'not used, the content is elsewhere' );
		}
		$rules->leave_out_names( $roots->place( 'content' ), self::TEMPORARY, 'temporary files' );
		$rules->leave_out_names( $roots->place( 'content' ), self::CONTENT_BACKUPS, 'backups' );
		$rules->leave_out_names( $roots->place( 'uploads' ), self::UPLOADS_BACKUPS, 'backups' );
		$rules->leave_out( $core . '/wp-config.php', 'written anew' );
		$rules->leave_out( dirname( $core ) . '/wp-config.php', 'written anew' );
		$rules->leave_out( $own_folder, 'the agent itself' );
		return $rules;
	}

	/**
	 * Leaves out names in one folder.
	 *
	 * @param string $folder  The folder; nothing happens when it does not exist.
	 * @param string $pattern Regular expression.
	 * @param string $reason  A few words for the report.
	 * @return void
	 */
	public function leave_out_names( string $folder, string $pattern, string $reason ) {
		$id = Node::root( $folder )->id;
		if ( '' !== $id ) {
			$this->by_folder[ $id ][ $pattern ] = $reason;
		}
	}

	/**
	 * Leaves out one file or folder, whatever name leads to it.
	 *
	 * @param string $path   The thing; nothing happens when it does not exist.
	 * @param string $reason A few words for the report.
	 * @return void
	 */
	public function leave_out( string $path, string $reason ) {
		$id = Node::root( $path )->id;
		if ( '' !== $id ) {
			$this->by_id[ $id ] = $reason;
		}
	}

	/**
	 * Says why something is left out because of its name.
	 *
	 * @param Node   $folder Where it lies.
	 * @param string $name   Its name.
	 * @return string|null Null when it is not.
	 */
	public function reason_of_name( Node $folder, string $name ) {
		if ( 1 === preg_match( self::VERSION_CONTROL, $name ) ) {
			return 'version control';
		}
		foreach ( isset( $this->by_folder[ $folder->id ] ) ? $this->by_folder[ $folder->id ] : array() as $pattern => $reason ) {
			if ( 1 === preg_match( $pattern, $name ) ) {
				return $reason;
			}
		}
		return null;
	}

	/**
	 * Says why something is left out because of what it is.
	 *
	 * @param string $id Of a node.
	 * @return string|null Null when it is not.
	 */
	public function reason_of_id( string $id ) {
		return isset( $this->by_id[ $id ] ) ? $this->by_id[ $id ] : null;
	}
}
