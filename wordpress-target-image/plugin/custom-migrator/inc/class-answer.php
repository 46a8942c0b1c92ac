<?php
/**
 * The signed form of an answer.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Magic, header length, header; the payload follows.
 */
final class Answer {

	const MAGIC = "\0CMRES1\0";

	/**
	 * What stands before the payload.
	 *
	 * @param string  $secret  Of the key that signed the request.
	 * @param Request $request What is answered.
	 * @param string  $status  `ok` or `error`.
	 * @param Payload $payload The payload.
	 * @return string Bytes.
	 */
	public static function head( string $secret, Request $request, string $status, Payload $payload ): string {
		return self::MAGIC . Frame::header(
			array(
				'status' => $status,
				'nonce'  => $request->nonce,
				'length' => $payload->length(),
				'mac'    => Signature::of_answer( $secret, $request->op, $status, $request->nonce, $payload->sha256() ),
			)
		);
	}
}
