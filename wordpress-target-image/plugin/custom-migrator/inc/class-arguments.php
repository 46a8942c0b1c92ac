<?php
/**
 * Arguments of an operation, with their types checked.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Gives out arguments by name and type; what is wrong becomes `bad_request`.
 */
final class Arguments {

	/**
	 * Decoded arguments.
	 *
	 * @var array
	 */
	private $values;

	/**
	 * Wraps decoded arguments.
	 *
	 * @param array $values By name.
	 */
	public function __construct( array $values ) {
		$this->values = $values;
	}

	/**
	 * Decodes the payload of a request.
	 *
	 * @param string $json A JSON object.
	 * @return self
	 * @throws Failure When it is none.
	 */
	public static function from_json( string $json ): self {
		$values = json_decode( $json, true, 8 );
		if ( ! is_array( $values ) ) {
			throw new Failure( 'bad_request', 'The arguments are not a JSON object.' );
		}
		return new self( $values );
	}

	/**
	 * A text.
	 *
	 * @param string $name Argument.
	 * @return string
	 * @throws Failure When it is missing or no text.
	 */
	public function text( string $name ): string {
		$value = $this->text_or_null( $name );
		if ( null === $value ) {
			throw self::wrong( $name );
		}
		return $value;
	}

	/**
	 * A text, or null where it is null or missing.
	 *
	 * @param string $name Argument.
	 * @return string|null
	 * @throws Failure When it is something else.
	 */
	public function text_or_null( string $name ) {
		$value = isset( $this->values[ $name ] ) ? $this->values[ $name ] : null;
		if ( null !== $value && ! is_string( $value ) ) {
			throw self::wrong( $name );
		}
		return $value;
	}

	/**
	 * A whole number.
	 *
	 * @param string $name     Argument.
	 * @param int    $fallback What a missing argument means.
	 * @param int    $least    Smallest number allowed.
	 * @return int
	 * @throws Failure When it is no number or too small.
	 */
	public function number( string $name, int $fallback, int $least ): int {
		$value = isset( $this->values[ $name ] ) ? $this->values[ $name ] : $fallback;
		if ( ! is_int( $value ) || $value < $least ) {
			throw self::wrong( $name );
		}
		return $value;
	}

	/**
	 * A list, not empty, of at most 10,000 items.
	 *
	 * @param string $name Argument.
	 * @return array
	 * @throws Failure When it is none.
	 */
	public function items( string $name ): array {
		$value = $this->items_or_null( $name );
		if ( null === $value ) {
			throw self::wrong( $name );
		}
		return $value;
	}

	/**
	 * A list, or null where it is null or missing.
	 *
	 * @param string $name Argument.
	 * @return array|null
	 * @throws Failure When it is something else.
	 */
	public function items_or_null( string $name ) {
		$value = isset( $this->values[ $name ] ) ? $this->values[ $name ] : null;
		if ( null === $value ) {
			return null;
		}
		if ( ! is_array( $value ) || array() === $value || count( $value ) > 10000 || array_keys( $value ) !== range( 0, count( $value ) - 1 ) ) {
			throw self::wrong( $name );
		}
		return $value;
	}

	/**
	 * A list of texts, or null where it is null or missing.
	 *
	 * @param string $name Argument.
	 * @return string[]|null
	 * @throws Failure When it is something else.
	 */
	public function texts_or_null( string $name ) {
		$value = $this->items_or_null( $name );
		if ( null !== $value && count( array_filter( $value, 'is_string' ) ) !== count( $value ) ) {
			throw self::wrong( $name );
		}
		return $value;
	}

	/**
	 * A list of texts, not empty.
	 *
	 * @param string $name Argument.
	 * @return string[]
	 * @throws Failure When it is missing or something else.
	 */
	public function texts( string $name ): array {
		$value = $this->texts_or_null( $name );
		if ( null === $value ) {
			throw self::wrong( $name );
		}
		return $value;
	}

	/**
	 * The failure for a wrong argument.
	 *
	 * @param string $name Argument; one of ours, never the caller's text.
	 * @return Failure
	 */
	private static function wrong( string $name ): Failure {
		return new Failure( 'bad_request', "The argument $name is missing or wrong." );
	}
}
