<?php
/**
 * Gets an answer out whole, whatever WordPress, drop-ins or PHP's settings do to output.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Takes the output over, sends, and answers in the end even when PHP itself breaks off.
 */
final class Output {

	const SECONDS       = 60;
	const RESERVE_BYTES = 524288;
	const FATAL         = E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR | E_USER_ERROR | E_RECOVERABLE_ERROR;

	/**
	 * Says whether an answer is out.
	 *
	 * @var bool
	 */
	private static $sent = false;

	/**
	 * Memory to answer with after the limit was hit.
	 *
	 * @var string
	 */
	private static $reserve = '';

	/**
	 * The host's own limit, before ours was set, in seconds.
	 *
	 * @var int
	 */
	private static $time_limit = 0;

	/**
	 * What answers when the work breaks off; takes a Failure.
	 *
	 * @var callable|null
	 */
	private static $when_broken = null;

	/**
	 * Makes the request ours: nothing else may write, no page cache may keep it, no error page may stand in for the answer.
	 *
	 * @return void
	 */
	public static function take_over() {
		self::$time_limit = (int) ini_get( 'max_execution_time' );
		self::set( 'display_errors', '0' );
		self::set( 'zlib.output_compression', '0' );
		if ( function_exists( 'set_time_limit' ) ) {
			@set_time_limit( self::SECONDS );
		}
		// Who hangs up in the middle of an answer has read something all the same, and that is written down after the answer.
		if ( function_exists( 'ignore_user_abort' ) ) {
			ignore_user_abort( true );
		}
		// With the last constant WordPress's handler of fatal errors stands back: it would print a page, mail the administrator and
		// pause this plugin.
		foreach ( array( 'DONOTCACHEPAGE', 'DONOTCACHEOBJECT', 'DONOTCACHEDB', 'DONOTMINIFY', 'WP_SANDBOX_SCRAPING' ) as $constant ) {
			if ( ! defined( $constant ) ) {
				define( $constant, true );
			}
		}
		remove_all_actions( 'shutdown' );
		self::$reserve = str_repeat( '.', self::RESERVE_BYTES );
		register_shutdown_function( array( self::class, 'break_off' ) );
		self::drop_buffers();
	}

	/**
	 * How long the host lets a request run.
	 *
	 * @return int Seconds, 0 for no limit.
	 */
	public static function time_limit(): int {
		return self::$time_limit;
	}

	/**
	 * Says what answers when the work breaks off.
	 *
	 * @param callable $answer Takes a Failure.
	 * @return void
	 */
	public static function when_broken( callable $answer ) {
		self::$when_broken = $answer;
	}

	/**
	 * Sends a signed answer.
	 *
	 * @param string  $head    As Answer::head() makes it.
	 * @param Payload $payload The payload.
	 * @return void
	 */
	public static function send( string $head, Payload $payload ) {
		self::write( 200, 'application/octet-stream', $payload->length() + strlen( $head ), array_merge( array( $head ), $payload->pieces() ) );
	}

	/**
	 * Sends a refusal. The time lets a caller whose clock is wrong learn by how much.
	 *
	 * @param Refusal $refusal Why.
	 * @return void
	 */
	public static function refuse( Refusal $refusal ) {
		$body = Frame::json(
			array(
				'code' => $refusal->reason(),
				'time' => time(),
			)
		);
		if ( $refusal->wait() > 0 && ! headers_sent() ) {
			header( 'Retry-After: ' . $refusal->wait() );
		}
		self::write( $refusal->wait() > 0 ? 503 : 403, 'application/json', strlen( $body ), array( $body ) );
	}

	/**
	 * Runs when PHP ends. Answers if nothing was answered: PHP ran out of memory or time, or somebody called exit.
	 *
	 * @return void
	 */
	public static function break_off() {
		if ( self::$sent ) {
			return;
		}
		self::$reserve = '';
		if ( null === self::$when_broken ) {
			self::refuse( new Refusal( 'unauthenticated' ) );
			return;
		}
		call_user_func( self::$when_broken, self::failure_of( error_get_last() ) );
	}

	/**
	 * Names what broke off.
	 *
	 * @param array|null $error Of error_get_last().
	 * @return Failure
	 */
	private static function failure_of( $error ): Failure {
		if ( null === $error || 0 === ( $error['type'] & self::FATAL ) ) {
			return new Failure( 'internal', 'Something on the site ended the request.' );
		}
		if ( false !== strpos( $error['message'], 'Allowed memory size' ) || false !== strpos( $error['message'], 'Out of memory' ) ) {
			return new Failure( 'budget', 'The memory limit of the site was reached.' );
		}
		if ( false !== strpos( $error['message'], 'Maximum execution time' ) ) {
			return new Failure( 'internal', 'The time limit of the site was reached.' );
		}
		return new Failure( 'internal', 'PHP ended with an error in ' . basename( $error['file'] ) . ':' . $error['line'] . '.' );
	}

	/**
	 * Writes an answer, alone as far as that can be had.
	 *
	 * @param int      $status HTTP status.
	 * @param string   $type   Media type.
	 * @param int      $length Bytes in all.
	 * @param string[] $pieces The bytes.
	 * @return void
	 */
	private static function write( int $status, string $type, int $length, array $pieces ) {
		self::$sent = true;
		self::drop_buffers();
		if ( ! headers_sent() ) {
			self::headers( $status, $type, $length );
		}
		foreach ( $pieces as $piece ) {
			echo $piece;
		}
		flush();
		// What others print after us would follow the answer on the same connection.
		ob_start(
			function () {
				return '';
			}
		);
		if ( function_exists( 'fastcgi_finish_request' ) ) {
			fastcgi_finish_request();
		}
	}

	/**
	 * Sets the headers.
	 *
	 * @param int    $status HTTP status.
	 * @param string $type   Media type.
	 * @param int    $length Bytes of the body.
	 * @return void
	 */
	private static function headers( int $status, string $type, int $length ) {
		foreach ( array( 'Content-Encoding', 'ETag', 'Last-Modified', 'Expires', 'Pragma', 'Set-Cookie' ) as $name ) {
			header_remove( $name );
		}
		http_response_code( $status );
		header( "Content-Type: $type" );
		header( "Content-Length: $length" );
		header( 'Cache-Control: no-store, no-cache, private, max-age=0, no-transform' );
		header( 'X-LiteSpeed-Cache-Control: no-cache' );
		header( 'X-Content-Type-Options: nosniff' );
		header( 'X-Robots-Tag: noindex' );
	}

	/**
	 * Throws away what was printed so far, as far as it is still here.
	 *
	 * @return void
	 */
	private static function drop_buffers() {
		while ( ob_get_level() > 0 && @ob_end_clean() ) {
			continue;
		}
	}

	/**
	 * Changes a setting where the host lets us.
	 *
	 * @param string $name  Setting.
	 * @param string $value Its value.
	 * @return void
	 */
	private static function set( string $name, string $value ) {
		if ( function_exists( 'ini_set' ) ) {
			@ini_set( $name, $value );
		}
	}
}
