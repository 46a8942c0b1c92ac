<?php
/**
 * Every text of the settings page can be translated, and is escaped.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator\Tests;

use PhpParser\Node;
use PhpParser\NodeFinder;
use PhpParser\ParserFactory;
use PHPUnit\Framework\TestCase;

final class TranslationTest extends TestCase {

	const TRANSLATING = array( '__', 'esc_html__', 'esc_attr__', '_n', '_x' );
	const ESCAPING    = array( 'esc_html', 'esc_html__', 'esc_attr', 'esc_attr__', 'esc_url' );

	private static function pages(): array {
		return glob( CUSTOM_MIGRATOR_PLUGIN . '/inc/class-settings-*.php' );
	}

	private static function calls( string $file, array $names ): array {
		$factory = new ParserFactory();
		$parser  = method_exists( $factory, 'createForNewestSupportedVersion' )
			? $factory->createForNewestSupportedVersion()
			: $factory->create( ParserFactory::PREFER_PHP7 );
		$tree    = $parser->parse( file_get_contents( $file ) );
		return ( new NodeFinder() )->find(
			$tree,
			function ( Node $node ) use ( $names ) {
				return $node instanceof Node\Expr\FuncCall && $node->name instanceof Node\Name && in_array( (string) $node->name, $names, true );
			}
		);
	}

	public function test_texts_are_of_our_domain(): void {
		$found = 0;
		foreach ( self::pages() as $file ) {
			foreach ( self::calls( $file, self::TRANSLATING ) as $call ) {
				$texts = array_map(
					function ( Node\Arg $argument ) {
						return $argument->value instanceof Node\Scalar\String_ ? $argument->value->value : null;
					},
					$call->args
				);
				$this->assertCount( 2, $texts, $file );
				$this->assertNotEmpty( $texts[0], "$file: a text that is put together cannot be translated" );
				$this->assertSame( 'custom-migrator', $texts[1], $file );
				++$found;
			}
		}
		$this->assertGreaterThan( 40, $found );
	}

	public function test_printed_formats_hold_no_words(): void {
		foreach ( self::pages() as $file ) {
			foreach ( self::calls( $file, array( 'printf' ) ) as $call ) {
				$format = $call->args[0]->value;
				$this->assertInstanceOf( Node\Scalar\String_::class, $format, $file );
				$words = preg_replace( '/<[^>]*>|%s|\s/', '', $format->value );
				$this->assertSame( '', $words, "$file: $format->value" );
			}
		}
	}

	public function test_whatever_is_printed_is_escaped(): void {
		foreach ( self::pages() as $file ) {
			foreach ( self::calls( $file, array( 'printf' ) ) as $call ) {
				foreach ( array_slice( $call->args, 1 ) as $argument ) {
					$this->assertInstanceOf( Node\Expr\FuncCall::class, $argument->value, $file );
					$this->assertContains( (string) $argument->value->name, self::ESCAPING, $file );
				}
			}
		}
	}
}
