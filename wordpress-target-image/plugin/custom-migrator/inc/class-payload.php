<?php
/**
 * Bytes of an answer, kept in pieces.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Collects an answer without ever copying it into one long string: memory stays near the number of bytes.
 */
final class Payload {

	const PIECE = 262144;

	/**
	 * How many rows, files or tables are in it, for the list of what was read.
	 *
	 * @var int
	 */
	public $items = 0;

	/**
	 * Finished pieces.
	 *
	 * @var string[]
	 */
	private $pieces = array();

	/**
	 * The piece that is being filled.
	 *
	 * @var string
	 */
	private $open = '';

	/**
	 * Bytes so far.
	 *
	 * @var int
	 */
	private $length = 0;

	/**
	 * What the digest is of; null for everything.
	 *
	 * @var Payload|null
	 */
	private $part = null;

	/**
	 * Makes a payload of one value.
	 *
	 * @param array|object $value What JSON can carry.
	 * @param int          $items How many rows, files or tables are in it.
	 * @return self
	 */
	public static function json( $value, int $items = 0 ): self {
		$payload        = new self();
		$payload->items = $items;
		$payload->add( Frame::json( $value ) );
		return $payload;
	}

	/**
	 * Appends bytes.
	 *
	 * @param string $bytes Any bytes.
	 * @return void
	 */
	public function add( string $bytes ) {
		$this->length += strlen( $bytes );
		if ( strlen( $bytes ) >= self::PIECE ) {
			$this->close_piece();
			$this->pieces[] = $bytes;
			return;
		}
		$this->open .= $bytes;
		if ( strlen( $this->open ) >= self::PIECE ) {
			$this->close_piece();
		}
	}

	/**
	 * Appends another payload.
	 *
	 * @param Payload $other Not used afterwards.
	 * @return void
	 */
	public function append( Payload $other ) {
		foreach ( $other->pieces() as $piece ) {
			$this->add( $piece );
		}
		$this->items += $other->items;
	}

	/**
	 * Bytes so far.
	 *
	 * @return int
	 */
	public function length(): int {
		return $this->length;
	}

	/**
	 * Everything, in order.
	 *
	 * @return string[]
	 */
	public function pieces(): array {
		$this->close_piece();
		return $this->pieces;
	}

	/**
	 * Names what the digest is of, where that is not everything: the rest has digests of its own in there.
	 *
	 * @param Payload $part What the digest is of.
	 * @return void
	 */
	public function digest_only( Payload $part ) {
		$this->part = $part;
	}

	/**
	 * Digest over everything, or over what digest_only() named.
	 *
	 * @return string 64 hex digits.
	 */
	public function sha256(): string {
		$digest = hash_init( 'sha256' );
		$whole  = null === $this->part ? $this : $this->part;
		foreach ( $whole->pieces() as $piece ) {
			hash_update( $digest, $piece );
		}
		return hash_final( $digest );
	}

	/**
	 * Puts the open piece to the finished ones.
	 *
	 * @return void
	 */
	private function close_piece() {
		if ( '' !== $this->open ) {
			$this->pieces[] = $this->open;
			$this->open     = '';
		}
	}
}
