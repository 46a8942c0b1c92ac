<?php
/**
 * From an HTTP request to its answer, before any other plugin runs.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Recognises, authenticates, dispatches, answers.
 */
final class Endpoint {

	const OPERATIONS = array(
		'hello'       => array( Hello::class, 'hello' ),
		'key.confirm' => array( Key_Calls::class, 'key_confirm' ),
		'key.revoke'  => array( Key_Calls::class, 'key_revoke' ),
		'files.list'  => array( File_Calls::class, 'files_list' ),
		'files.count' => array( File_Calls::class, 'files_count' ),
		'files.read'  => array( File_Calls::class, 'files_read' ),
		'db.tables'   => array( Database_Calls::class, 'db_tables' ),
		'db.measure'  => array( Database_Calls::class, 'db_measure' ),
		'db.rows'     => array( Database_Calls::class, 'db_rows' ),
		'db.value'    => array( Database_Calls::class, 'db_value' ),
		'db.digest'   => array( Database_Calls::class, 'db_digest' ),
	);

	/**
	 * Answers and ends the request if it is one of ours; otherwise does nothing.
	 *
	 * @return void
	 */
	public static function answer_when_called() {
		if ( ! self::is_marked() ) {
			return;
		}
		$body = (string) file_get_contents( 'php://input', false, null, 0, Request::MAX_BYTES + 1 );
		if ( ! Request::is_request( $body ) ) {
			return;
		}
		Output::take_over();
		try {
			$request = Request::parse( $body );
			$key     = self::authenticate( $request );
		} catch ( Refusal $refusal ) {
			Output::refuse( $refusal );
			Lifecycle::sweep_when_due();
			exit;
		}
		self::answer( $request, $key );
		exit;
	}

	/**
	 * Says whether a request asks for us; costs next to nothing, for it is asked of every page.
	 *
	 * @return bool
	 */
	private static function is_marked(): bool {
		return isset( $_SERVER['REQUEST_METHOD'] ) && 'POST' === $_SERVER['REQUEST_METHOD']
			&& ( isset( $_GET['custom-migrator'] ) || isset( $_SERVER['HTTP_X_CUSTOM_MIGRATOR'] ) );
	}

	/**
	 * Finds out who calls, and takes note of it.
	 *
	 * @param Request $request The request.
	 * @return Key
	 * @throws Refusal When the caller is not known, too late or a second time here.
	 */
	private static function authenticate( Request $request ): Key {
		$now   = time();
		$found = Keys::find( $request->key_id );
		if ( null === $found && ! in_array( Storage::error(), array( 0, Storage::NO_TABLE ), true ) ) {
			throw Refusal::of_database( Storage::error() );
		}
		$key = Authentication::check( $request, $found, $now );
		$new = Keys::use_nonce( $request->nonce, $request->time + Authentication::CLOCK_SECONDS );
		if ( true !== $new ) {
			throw null === $new ? Refusal::of_database( Storage::error() ) : new Refusal( 'unauthenticated' );
		}
		$old = clone $key;
		$key->renew( $now );
		Keys::save( $key, $old );
		return $key;
	}

	/**
	 * Does what is asked and answers, with an error if need be.
	 *
	 * @param Request $request Authenticated.
	 * @param Key     $key     Whose request it is.
	 * @return void
	 */
	private static function answer( Request $request, Key $key ) {
		$fail = function ( Failure $failure ) use ( $request, $key ) {
			$error = array(
				'code'    => $failure->reason(),
				'message' => $failure->getMessage(),
			);
			self::send( $request, $key, 'error', Payload::json( $error ) );
		};
		Output::when_broken( $fail );
		try {
			self::send( $request, $key, 'ok', self::run( $request, $key ) );
		} catch ( Failure $failure ) {
			$fail( $failure );
		} catch ( \Throwable $error ) {
			$fail( new Failure( 'internal', get_class( $error ) . ' in ' . basename( $error->getFile() ) . ':' . $error->getLine() . '.' ) );
		}
	}

	/**
	 * Runs the operation.
	 *
	 * @param Request $request Authenticated.
	 * @param Key     $key     Whose request it is.
	 * @return Payload
	 * @throws Failure When it cannot be done.
	 */
	private static function run( Request $request, Key $key ): Payload {
		$operations = self::OPERATIONS;
		if ( ! isset( $operations[ $request->op ] ) ) {
			throw new Failure( 'bad_request', 'There is no such operation.' );
		}
		if ( 'read' !== $key->scope ) {
			throw new Failure( 'forbidden', 'The key may not do this.' );
		}
		return call_user_func( $operations[ $request->op ], Arguments::from_json( $request->payload ), $key );
	}

	/**
	 * Sends an answer.
	 *
	 * @param Request $request What is answered.
	 * @param Key     $key     What signs.
	 * @param string  $status  `ok` or `error`.
	 * @param Payload $payload The payload.
	 * @return void
	 */
	private static function send( Request $request, Key $key, string $status, Payload $payload ) {
		Output::send( Answer::head( $key->secret, $request, $status, $payload ), $payload );
		if ( 'ok' === $status ) {
			Audit::add( $key, $request->op, $payload );
		}
	}
}
