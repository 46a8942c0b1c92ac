<?php
/**
 * The operation `hello`: what a copying engine has to know of a site before it begins.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Describes the site.
 */
final class Hello {

	const PROTOCOL = 1;

	// Constants of wp-config.php that a copy may take over. No salt, key, password, host or path of this server.
	const CONSTANTS = array(
		'ALLOW_UNFILTERED_UPLOADS',
		'AUTOSAVE_INTERVAL',
		'BLOG_ID_CURRENT_SITE',
		'COMPRESS_CSS',
		'COMPRESS_SCRIPTS',
		'CONCATENATE_SCRIPTS',
		'CUSTOM_TAGS',
		'CUSTOM_USER_META_TABLE',
		'CUSTOM_USER_TABLE',
		'DISALLOW_FILE_EDIT',
		'DISALLOW_UNFILTERED_HTML',
		'DOMAIN_CURRENT_SITE',
		'EMPTY_TRASH_DAYS',
		'IMAGE_EDIT_OVERWRITE',
		'MEDIA_TRASH',
		'MULTISITE',
		'PATH_CURRENT_SITE',
		'SITE_ID_CURRENT_SITE',
		'SUBDOMAIN_INSTALL',
		'UPLOADS',
		'WPLANG',
		'WP_DEFAULT_THEME',
		'WP_MAX_MEMORY_LIMIT',
		'WP_MEMORY_LIMIT',
		'WP_POST_REVISIONS',
	);

	/**
	 * Answers the operation.
	 *
	 * @param Arguments $arguments None.
	 * @param Key       $key       The caller's.
	 * @return Payload JSON, see docs/protocol.md.
	 * @throws Failure `database_error` when the database does not answer.
	 */
	public static function hello( Arguments $arguments, Key $key ): Payload {
		$connection = Connection::open();
		$roots      = Roots::of_site();
		$walk       = array();
		foreach ( $roots->to_walk() as $name => $path ) {
			$walk[] = array( $name, $path );
		}
		return Payload::json(
			array(
				'protocol'      => self::PROTOCOL,
				'agent_version' => VERSION,
				'time'          => time(),
				'wordpress'     => self::urls() + self::wordpress( $connection ),
				'roots'         => $roots->all(),
				'roots_to_walk' => $walk,
				'php'           => self::php(),
				'database'      => self::database( $connection ),
				'constants'     => (object) self::constants(),
				'limits'        => self::limits(),
				'key'           => $key->view(),
			)
		);
	}

	/**
	 * Addresses of the site.
	 *
	 * @return array
	 */
	private static function urls(): array {
		return array(
			'home'           => get_option( 'home' ),
			'siteurl'        => get_option( 'siteurl' ),
			'content_url'    => content_url(),
			'plugins_url'    => plugins_url(),
			'mu_plugins_url' => WPMU_PLUGIN_URL,
			'uploads_url'    => wp_upload_dir( null, false )['baseurl'],
		);
	}

	/**
	 * What WordPress is and how it is set up. The charset is the one in which texts travel.
	 *
	 * @param Connection $connection To the database.
	 * @return array
	 * @throws Failure `database_error`.
	 */
	private static function wordpress( Connection $connection ): array {
		global $wpdb, $wp_version;
		return array(
			'version'             => $wp_version,
			'prefix'              => $wpdb->base_prefix,
			'charset'             => $connection->charset(),
			'collate'             => (string) $wpdb->collate,
			'multisite'           => is_multisite(),
			'locale'              => get_locale(),
			'permalink_structure' => (string) get_option( 'permalink_structure' ),
			'active_plugins'      => self::active_plugins(),
			'stylesheet'          => (string) get_option( 'stylesheet' ),
			'template'            => (string) get_option( 'template' ),
			'admin_exists'        => null !== $wpdb->get_var( "SELECT 1 FROM {$wpdb->users} WHERE user_login = 'admin' LIMIT 1" ),
		);
	}

	/**
	 * Active plugins but ourselves: a copy of the site does not get us.
	 *
	 * @return string[] Paths below the plugins' folder.
	 */
	private static function active_plugins(): array {
		$plugins = array_filter( (array) get_option( 'active_plugins' ), 'is_string' );
		if ( is_multisite() ) {
			$plugins = array_merge( $plugins, array_keys( (array) get_site_option( 'active_sitewide_plugins' ) ) );
		}
		return array_values( array_diff( $plugins, array( plugin_basename( PLUGIN_FILE ) ) ) );
	}

	/**
	 * What PHP is.
	 *
	 * @return array
	 */
	private static function php(): array {
		return array(
			'version'            => PHP_VERSION,
			'extensions'         => get_loaded_extensions(),
			'memory_limit'       => (string) ini_get( 'memory_limit' ),
			'max_execution_time' => Output::time_limit(),
			'post_max_size'      => (string) ini_get( 'post_max_size' ),
		);
	}

	/**
	 * What the database server is.
	 *
	 * @param Connection $connection To it.
	 * @return array
	 * @throws Failure `database_error`.
	 */
	private static function database( Connection $connection ): array {
		$row = $connection->all( 'SELECT VERSION() AS version, @@max_allowed_packet AS packet' )[0];
		return array(
			'server'             => $connection->is_mariadb() ? 'mariadb' : 'mysql',
			'version'            => $row['version'],
			'max_allowed_packet' => (int) $row['packet'],
			'bytes'              => Tables::of_site( $connection )->bytes(),
		);
	}

	/**
	 * What one call gives at most.
	 *
	 * @return array
	 */
	private static function limits(): array {
		return array(
			'budget'  => Budget::of_host(),
			'seconds' => (int) Budget::SECONDS,
		);
	}

	/**
	 * Constants that a copy may take over.
	 *
	 * @return array
	 */
	private static function constants(): array {
		$found = array();
		foreach ( self::CONSTANTS as $name ) {
			if ( defined( $name ) && ( is_bool( constant( $name ) ) || is_int( constant( $name ) ) || is_string( constant( $name ) ) ) ) {
				$found[ $name ] = constant( $name );
			}
		}
		return $found;
	}
}
