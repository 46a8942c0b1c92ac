<?php
/**
 * Reads pieces of files.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Turns one wanted piece of a file into a frame.
 */
final class File_Reader {

	const PIECE        = 262144;
	const HEADER_BYTES = 400;

	/**
	 * The files.
	 *
	 * @var Tree
	 */
	private $tree;

	/**
	 * Makes a reader.
	 *
	 * @param Tree $tree The files.
	 */
	public function __construct( Tree $tree ) {
		$this->tree = $tree;
	}

	/**
	 * Reads a piece of a file.
	 *
	 * @param int       $index  Which item of the call this is.
	 * @param Arguments $item   root, path, offset and length in bytes (no length: up to the end).
	 * @param Budget    $budget What may be used; the frame is taken from it.
	 * @return array Header and bytes of the frame, string and Payload; when the file cannot be had it says so and carries no bytes.
	 * @throws Failure `bad_request` when the item is malformed.
	 */
	public function frame( int $index, Arguments $item, Budget $budget ): array {
		$offset = $item->number( 'offset', 0, 0 );
		$length = $item->number( 'length', PHP_INT_MAX, 0 );
		$root   = $item->text( 'root' );
		$path   = $item->text( 'path' );
		$header = array(
			'index'  => $index,
			'offset' => $offset,
		);
		$bytes  = new Payload();
		try {
			$header += $this->read( $this->tree->file( $root, Path::decode( $path ) ), $offset, $length, $budget, $bytes );
		} catch ( Failure $failure ) {
			$header += self::nothing( $failure->reason() );
		}
		$bytes->items = $header['eof'] ? 1 : 0;
		$written      = Frame::header( $header );
		$budget->take( strlen( $written ) + $bytes->length() );
		return array( $written, $bytes );
	}

	/**
	 * Reads bytes of a file that may be read.
	 *
	 * @param Node    $node   The file.
	 * @param int     $offset Where to begin, in bytes.
	 * @param int     $length How many bytes.
	 * @param Budget  $budget Ends the reading early.
	 * @param Payload $bytes  Where the bytes go.
	 * @return array Rest of the frame's header; size and mtime as they are after reading.
	 * @throws Failure When the file cannot be opened or is not the one that was looked at.
	 */
	private function read( Node $node, int $offset, int $length, Budget $budget, Payload $bytes ): array {
		$handle = @fopen( $node->path, 'rb' );
		if ( false === $handle ) {
			throw new Failure( 'unreadable', 'The file cannot be opened.' );
		}
		// Between the look and the opening, something else can have been put in its place.
		if ( Node::id_of( fstat( $handle ), $node->path ) !== $node->id ) {
			fclose( $handle );
			throw new Failure( 'not_found', 'The file was replaced.' );
		}
		fseek( $handle, $offset );
		$sha256 = $this->pieces( $handle, min( $length, $budget->left() - self::HEADER_BYTES ), $budget, $bytes );
		$stat   = fstat( $handle );
		fclose( $handle );
		return array(
			'length' => $bytes->length(),
			'size'   => $stat['size'],
			'mtime'  => $stat['mtime'],
			'sha256' => $sha256,
			'eof'    => $offset + $bytes->length() >= $stat['size'],
			'error'  => null,
		);
	}

	/**
	 * Reads piece by piece.
	 *
	 * @param resource $handle An open file.
	 * @param int      $length How many bytes.
	 * @param Budget   $budget Ends the reading when the time is over.
	 * @param Payload  $bytes  Where the bytes go.
	 * @return string sha256 of the bytes.
	 */
	private function pieces( $handle, int $length, Budget $budget, Payload $bytes ): string {
		$digest = hash_init( 'sha256' );
		do {
			$piece = $length > 0 ? (string) fread( $handle, min( self::PIECE, $length ) ) : '';
			hash_update( $digest, $piece );
			$bytes->add( $piece );
			$length -= strlen( $piece );
		} while ( '' !== $piece && ! $budget->is_late() );
		return hash_final( $digest );
	}

	/**
	 * Rest of the header of a frame without a file.
	 *
	 * @param string $reason Code.
	 * @return array
	 */
	private static function nothing( string $reason ): array {
		return array(
			'length' => 0,
			'size'   => null,
			'mtime'  => null,
			'sha256' => null,
			'eof'    => false,
			'error'  => $reason,
		);
	}
}
