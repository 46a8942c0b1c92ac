<?php
/**
 * What the agent leaves on a site, and when it goes.
 *
 * Order of the removal: tables, option, activation, files. Once the tables are gone no call is answered; once it is no longer
 * active nothing of it is loaded. A crash in between leaves the site working: while still active, the next sweep goes on,
 * after that only unused files are left.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Activation, deactivation, the sweep for expired keys, the removal of ourselves.
 */
final class Lifecycle {

	// An autoloaded option, so that the usual request costs no query. Only says when to look, never who may call.
	const OPTION        = 'custom_migrator_next_check';
	const GRACE_SECONDS = 900;
	const DAY_SECONDS   = 86400;

	/**
	 * On activation: tables, and 15 minutes for the first key to come.
	 *
	 * @return void
	 */
	public static function activate() {
		Storage::create();
		self::check_at( time() + self::GRACE_SECONDS );
	}

	/**
	 * On deactivation and uninstallation: nothing is left but the files.
	 *
	 * @return void
	 */
	public static function forget() {
		Storage::drop();
		delete_option( self::OPTION );
	}

	/**
	 * Says whether we are part of a clone's image: then we stay.
	 *
	 * @return bool
	 */
	public static function is_embedded(): bool {
		return defined( 'CUSTOM_MIGRATOR_EMBEDDED' ) && CUSTOM_MIGRATOR_EMBEDDED;
	}

	/**
	 * Puts us first into the list of active plugins: the first one loaded answers before the others run.
	 *
	 * @param mixed $plugins The list that is about to be stored.
	 * @return mixed The list.
	 */
	public static function keep_first( $plugins ) {
		$own = plugin_basename( PLUGIN_FILE );
		if ( ! is_array( $plugins ) || ! in_array( $own, $plugins, true ) ) {
			return $plugins;
		}
		return array_merge( array( $own ), array_values( array_diff( $plugins, array( $own ) ) ) );
	}

	/**
	 * Sees to it that keys are looked after no later than at a given time.
	 *
	 * @param int $when Unix seconds.
	 * @return void
	 */
	public static function check_at( int $when ) {
		$due = get_option( self::OPTION );
		if ( ! self::is_embedded() && ( false === $due || (int) $due > $when ) ) {
			update_option( self::OPTION, $when, true );
		}
	}

	/**
	 * Deletes expired keys when it is time to look, and us with the last one.
	 *
	 * @return bool True when we are gone: nothing of ours may run any more.
	 */
	public static function sweep_when_due(): bool {
		if ( self::is_embedded() ) {
			return false;
		}
		$due = get_option( self::OPTION );
		if ( false === $due ) {
			self::check_at( time() + self::GRACE_SECONDS );
			return false;
		}
		return time() >= (int) $due && true === Storage::locked( array( self::class, 'sweep' ), 0 );
	}

	/**
	 * Deletes expired keys, and us with the last one. Runs under the lock.
	 *
	 * @return bool True when we are gone.
	 */
	public static function sweep(): bool {
		Keys::delete_expired( time() );
		if ( Keys::is_empty() ) {
			self::remove();
			return true;
		}
		$next = Keys::next_end();
		update_option( self::OPTION, null === $next ? time() + self::DAY_SECONDS : $next, true );
		return false;
	}

	/**
	 * Deletes a key and, with the last one, us.
	 *
	 * @param string $id 16 hex digits.
	 * @return string[]|null Null when we stay; else the absolute paths that could not be deleted.
	 */
	public static function revoke( string $id ) {
		if ( function_exists( 'ignore_user_abort' ) ) {
			ignore_user_abort( true );
		}
		$left = Storage::locked(
			function () use ( $id ) {
				Keys::delete( $id );
				Keys::delete_expired( time() );
				return Keys::is_empty() && ! self::is_embedded() ? self::remove() : false;
			},
			Keys::LOCK_SECONDS
		);
		if ( null === $left ) {
			// Others hold the lock: the key goes now, the rest with the next request.
			Keys::delete( $id );
			self::check_at( time() );
		}
		return is_array( $left ) ? $left : null;
	}

	/**
	 * Removes us from the site.
	 *
	 * @return string[] Absolute paths that could not be deleted.
	 */
	public static function remove(): array {
		$own = plugin_basename( PLUGIN_FILE );
		self::forget();
		update_option( 'active_plugins', self::without( (array) get_option( 'active_plugins' ), $own ) );
		if ( is_multisite() ) {
			update_site_option( 'active_sitewide_plugins', array_diff_key( (array) get_site_option( 'active_sitewide_plugins' ), array( $own => 0 ) ) );
		}
		self::remove_traces( $own );
		$folder = WP_PLUGIN_DIR . '/' . dirname( $own );
		return realpath( $folder ) === dirname( PLUGIN_FILE ) ? self::delete( $folder ) : array( PLUGIN_FILE );
	}

	/**
	 * Takes us out of what WordPress itself notes about plugins.
	 *
	 * @param string $own Our name in the list of plugins.
	 * @return void
	 */
	private static function remove_traces( string $own ) {
		$recent = get_option( 'recently_activated' );
		if ( is_array( $recent ) && isset( $recent[ $own ] ) ) {
			update_option( 'recently_activated', array_diff_key( $recent, array( $own => 0 ) ) );
		}
		self::remove_from_updates( $own );
		wp_cache_delete( 'plugins', 'plugins' );
	}

	/**
	 * Takes us out of what WordPress knows of updates; lists that it has not made yet stay so.
	 *
	 * @param string $own Our name in the list of plugins.
	 * @return void
	 */
	private static function remove_from_updates( string $own ) {
		$updates = get_site_transient( 'update_plugins' );
		$found   = false;
		foreach ( is_object( $updates ) ? array( 'checked', 'response', 'no_update' ) : array() as $list ) {
			if ( isset( $updates->{$list}[ $own ] ) ) {
				unset( $updates->{$list}[ $own ] );
				$found = true;
			}
		}
		if ( $found ) {
			set_site_transient( 'update_plugins', $updates );
		}
	}

	/**
	 * A list without one entry.
	 *
	 * @param array  $values The list.
	 * @param string $value  The entry.
	 * @return array
	 */
	private static function without( array $values, string $value ): array {
		return array_values( array_diff( $values, array( $value ) ) );
	}

	/**
	 * Deletes a file, a link (never what it leads to) or a folder with everything in it.
	 *
	 * @param string $path Absolute path.
	 * @return string[] Absolute paths that could not be deleted.
	 */
	private static function delete( string $path ): array {
		if ( ! is_dir( $path ) || is_link( $path ) ) {
			self::forget_compiled( $path );
			return @unlink( $path ) ? array() : array( $path );
		}
		$left = array();
		foreach ( (array) @scandir( $path ) as $name ) {
			if ( is_string( $name ) && '.' !== $name && '..' !== $name ) {
				$left = array_merge( $left, self::delete( "$path/$name" ) );
			}
		}
		return @rmdir( $path ) ? $left : array_merge( $left, array( $path ) );
	}

	/**
	 * Makes PHP forget a compiled file: a later installation under the same name must not run the old one.
	 *
	 * @param string $path Absolute path.
	 * @return void
	 */
	private static function forget_compiled( string $path ) {
		if ( '.php' === substr( $path, -4 ) && function_exists( 'opcache_invalidate' ) ) {
			@opcache_invalidate( $path, true );
		}
	}
}
