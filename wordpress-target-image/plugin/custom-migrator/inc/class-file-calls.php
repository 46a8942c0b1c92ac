<?php
/**
 * The operations `files.list`, `files.count` and `files.read`.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Reads arguments, calls the walk or the reader, makes payloads.
 */
final class File_Calls {

	const MOST_ENTRIES = 10000;
	// Below this a further file is left to the next call, which may then carry it whole.
	const LEAST_LEFT = 16384;

	/**
	 * Lists a page of a root.
	 *
	 * @param Arguments $arguments root, cursor, limit.
	 * @return Payload JSON as Walk::page() makes it.
	 * @throws Failure For a wrong argument.
	 */
	public static function files_list( Arguments $arguments ): Payload {
		$cursor = $arguments->text_or_null( 'cursor' );
		$limit  = min( self::MOST_ENTRIES, $arguments->number( 'limit', 2000, 1 ) );
		$walk   = new Walk( Tree::of_site(), $limit, new Budget( min( Walk::MOST_BYTES, Budget::of_host() ) ) );
		$after  = null === $cursor ? array() : Path::decode( $cursor );
		$page   = $walk->page( $arguments->text( 'root' ), $after );
		return Payload::json( $page, count( $page['entries'] ) );
	}

	/**
	 * Counts files and bytes of a root until the time is over.
	 *
	 * @param Arguments $arguments root, cursor.
	 * @return Payload JSON as File_Count::from() makes it.
	 * @throws Failure For a wrong argument.
	 */
	public static function files_count( Arguments $arguments ): Payload {
		$count = new File_Count( Tree::of_site() );
		$found = $count->from( $arguments->text( 'root' ), $arguments->text_or_null( 'cursor' ), new Budget( Budget::MOST_BYTES ) );
		return Payload::json( $found, $found['files'] );
	}

	/**
	 * Reads pieces of files until the budget is used up; at least one.
	 *
	 * @param Arguments $arguments items, budget.
	 * @return Payload Frames as File_Reader::frame() makes them.
	 * @throws Failure For a wrong argument.
	 */
	public static function files_read( Arguments $arguments ): Payload {
		$reader  = new File_Reader( Tree::of_site() );
		$budget  = Budget::of_call( $arguments );
		$payload = new Payload();
		$headers = new Payload();
		foreach ( $arguments->items( 'items' ) as $index => $item ) {
			if ( $index > 0 && ( $budget->left() < self::LEAST_LEFT || $budget->is_late() ) ) {
				break;
			}
			list( $header, $bytes ) = $reader->frame( $index, new Arguments( is_array( $item ) ? $item : array() ), $budget );
			$headers->add( $header );
			$payload->add( $header );
			$payload->append( $bytes );
		}
		// Hashing takes longer than reading: the bytes' own digests are in the headers.
		$payload->digest_only( $headers );
		return $payload;
	}
}
