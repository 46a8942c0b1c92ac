<?php
/**
 * Chance from a fixed seed, apart from PHP's own generator, which WordPress uses too.
 */

use Random\Engine\Mt19937;
use Random\Randomizer;

final class Chance {

	private Randomizer $random;

	public function __construct( int $seed ) {
		$this->random = new Randomizer( new Mt19937( $seed ) );
	}

	/** A number from $low to $high, both included. */
	public function between( int $low, int $high ): int {
		return $this->random->getInt( $low, $high );
	}

	/** One element of a list. */
	public function one( array $list ): mixed {
		return $list[ $this->between( 0, count( $list ) - 1 ) ];
	}

	/** $count different elements of a list. */
	public function some( array $list, int $count ): array {
		return array_map( fn( $key ) => $list[ $key ], $this->random->pickArrayKeys( $list, $count ) );
	}

	/** True $percent times of a hundred. */
	public function happens( int $percent ): bool {
		return $this->between( 1, 100 ) <= $percent;
	}
}
