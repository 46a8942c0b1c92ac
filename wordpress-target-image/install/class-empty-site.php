<?php
/**
 * A fresh WordPress in the clone's database, made by WordPress's own installer.
 */

namespace WordPress_Clone;

use RuntimeException;
use WP_Error;

final class Empty_Site {

	/** Login of the one user; the engine gives the copies of sites the same one. */
	const ADMIN = 'admin';

	/** A name that can never be delivered to (RFC 2606). */
	const ADMIN_EMAIL = 'admin@clone.invalid';

	/** @var \wpdb */
	private $database;

	/** @param \wpdb $database WordPress's connection to the clone's database. */
	public function __construct( $database ) {
		$this->database = $database;
	}

	/**
	 * WordPress reads host and scheme of the request while it loads; on the command line there is none.
	 *
	 * @param string $url The clone's URL.
	 */
	public static function pretend_request( $url ) {
		$parts = parse_url( $url );
		$port  = isset( $parts['port'] ) ? ':' . $parts['port'] : '';

		$_SERVER['HTTP_HOST']   = $parts['host'] . $port;
		$_SERVER['SERVER_NAME'] = $parts['host'];
		$_SERVER['REQUEST_URI'] = ( isset( $parts['path'] ) ? $parts['path'] : '' ) . '/';
		if ( 'https' === $parts['scheme'] ) {
			$_SERVER['HTTPS'] = 'on';
		}
	}

	/**
	 * WordPress reports what stops it as a page in HTML, and ends with success: no database, for one. Here it has to
	 * be a sentence and a failure. It takes hooks from this variable before it is loaded itself.
	 */
	public static function make_failures_loud() {
		define( 'WP_DISABLE_FATAL_ERROR_HANDLER', true );
		$GLOBALS['wp_filter']['wp_die_handler'][10][] = array(
			'function'      => array( __CLASS__, 'die_handler' ),
			'accepted_args' => 0,
		);
	}

	/** @return callable What WordPress calls instead of printing a page. */
	public static function die_handler() {
		return array( __CLASS__, 'fail' );
	}

	/**
	 * @param string|WP_Error $message What WordPress wanted to show.
	 * @throws RuntimeException Always.
	 */
	public static function fail( $message ) {
		$text = $message instanceof WP_Error ? $message->get_error_message() : $message;
		throw new RuntimeException( trim( preg_replace( '/\s+/', ' ', strip_tags( $text ) ) ) );
	}

	/** Removes the tables of an installation that was cut off. The database is this clone's alone. */
	public function drop_leftovers() {
		$pattern = $this->database->esc_like( $this->database->prefix ) . '%';
		foreach ( $this->database->get_col( $this->database->prepare( 'SHOW TABLES LIKE %s', $pattern ) ) as $table ) {
			$this->database->query( "DROP TABLE `$table`" );
		}
		wp_cache_flush();
	}

	/**
	 * @param string $title    Title of the site.
	 * @param string $url      URL without a slash at its end.
	 * @param string $password Password of the administrator.
	 * @throws RuntimeException If the installer leaves no administrator.
	 */
	public function install( $title, $url, $password ) {
		// The installer tries its permalinks over HTTP, but no web server runs yet.
		add_filter( 'pre_http_request', array( __CLASS__, 'refuse_http' ) );
		wp_install( $title, self::ADMIN, self::ADMIN_EMAIL, false, '', $password );
		update_option( 'home', $url );
		update_option( 'siteurl', $url );
		$user = get_user_by( 'login', self::ADMIN );
		if ( ! $user || ! wp_check_password( $password, $user->user_pass, $user->ID ) ) {
			throw new RuntimeException( 'WordPress was not installed: ' . $this->database->last_error );
		}
	}

	/** The rules for them are in Apache's configuration, so nothing is written to .htaccess. */
	public function use_pretty_permalinks() {
		global $wp_rewrite;
		$wp_rewrite->set_permalink_structure( '/%postname%/' );
		$wp_rewrite->flush_rules( false );
	}

	/** @param string $key The clone's own agent key; none is registered if it is empty or the agent is missing. */
	public function register_key( $key ) {
		if ( '' === $key || ! is_callable( array( 'Custom_Migrator\Keys', 'register' ) ) ) {
			return;
		}
		call_user_func( array( 'Custom_Migrator\Keys', 'register' ), $key, 'standing' );
	}

	/** @return WP_Error Always: an answer that WordPress takes for a failed request. */
	public static function refuse_http() {
		return new WP_Error( 'http_request_not_executed', 'No requests during installation.' );
	}
}
