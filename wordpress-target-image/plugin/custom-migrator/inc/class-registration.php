<?php
/**
 * How an administrator registers a key: WordPress's REST API with the login cookie and its nonce.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * The route `POST custom-migrator/v1/keys`. The key is made by the caller; nothing secret is ever returned.
 */
final class Registration {

	const ROUTES = 'custom-migrator/v1';

	const STATUS = array(
		'bad_request' => 400,
		'key_taken'   => 409,
		'busy'        => 503,
		'storage'     => 503,
	);

	/**
	 * Registers the route, and hides it from visitors: that a site is being copied is nobody's business.
	 *
	 * @return void
	 */
	public static function register_route() {
		register_rest_route(
			self::ROUTES,
			'/keys',
			array(
				'methods'             => 'POST',
				'callback'            => array( self::class, 'answer' ),
				'permission_callback' => array( self::class, 'is_allowed' ),
				'show_in_index'       => false,
				'args'                => array(
					'key'     => self::argument( array( self::class, 'is_key' ) ),
					'purpose' => self::argument( array( self::class, 'is_purpose' ) ),
				),
			)
		);
		add_filter( 'rest_index', array( self::class, 'hide' ), PHP_INT_MAX );
	}

	/**
	 * Takes the namespace, and the index that WordPress gives it, out of the REST index for those who are not logged in.
	 *
	 * @param \WP_REST_Response $index Of all routes.
	 * @return \WP_REST_Response
	 */
	public static function hide( $index ) {
		if ( ! is_object( $index ) || is_user_logged_in() ) {
			return $index;
		}
		if ( isset( $index->data['namespaces'] ) && is_array( $index->data['namespaces'] ) ) {
			$index->data['namespaces'] = array_values( array_diff( $index->data['namespaces'], array( self::ROUTES ) ) );
		}
		if ( isset( $index->data['routes'] ) && is_array( $index->data['routes'] ) ) {
			unset( $index->data['routes'][ '/' . self::ROUTES ] );
		}
		return $index;
	}

	/**
	 * Who may register a key could as well install a plugin of his own.
	 *
	 * @return bool
	 */
	public static function is_allowed(): bool {
		return current_user_can( 'install_plugins' ) && current_user_can( 'manage_options' );
	}

	/**
	 * Registers a key.
	 *
	 * @param \WP_REST_Request $request With key and purpose, checked.
	 * @return \WP_REST_Response|\WP_Error 201 {id, purpose, expires_at}
	 */
	public static function answer( $request ) {
		try {
			$view = Keys::add( Key::create( $request['key'], $request['purpose'], time() ) );
		} catch ( Failure $failure ) {
			return self::error( $failure );
		}
		if ( null !== $view['expires_at'] ) {
			Lifecycle::check_at( $view['expires_at'] );
		}
		return new \WP_REST_Response( $view, 201 );
	}

	/**
	 * Says whether a value is a key.
	 *
	 * @param mixed $value Of the request.
	 * @return bool
	 */
	public static function is_key( $value ): bool {
		return is_string( $value ) && 1 === preg_match( Key::FORM, $value );
	}

	/**
	 * Says whether a value is a purpose that may be registered from outside. A standing key has no end: it is made on the
	 * server, by Keys::register().
	 *
	 * @param mixed $value Of the request.
	 * @return bool
	 */
	public static function is_purpose( $value ): bool {
		return 'clone' === $value;
	}

	/**
	 * Describes an argument of the route.
	 *
	 * @param callable $check Says whether a value will do.
	 * @return array
	 */
	private static function argument( $check ): array {
		return array(
			'type'              => 'string',
			'required'          => true,
			'validate_callback' => $check,
		);
	}

	/**
	 * Turns a failure into a REST error.
	 *
	 * @param Failure $failure What happened.
	 * @return \WP_Error
	 */
	private static function error( Failure $failure ) {
		$statuses = self::STATUS;
		$status   = isset( $statuses[ $failure->reason() ] ) ? $statuses[ $failure->reason() ] : 500;
		return new \WP_Error( 'custom_migrator_' . $failure->reason(), $failure->getMessage(), array( 'status' => $status ) );
	}
}
