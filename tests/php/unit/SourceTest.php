<?php
/**
 * Rules that hold for every file of the plugin.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator\Tests;

use PhpParser\Node;
use PhpParser\NodeFinder;
use PhpParser\ParserFactory;
use PHPUnit\Framework\TestCase;

final class SourceTest extends TestCase {

	private static function files(): array {
		$found = new \RecursiveIteratorIterator( new \RecursiveDirectoryIterator( CUSTOM_MIGRATOR_PLUGIN, \FilesystemIterator::SKIP_DOTS ) );
		return array_values( preg_grep( '/\.php\z/', array_map( 'strval', iterator_to_array( $found, false ) ) ) );
	}

	public function test_called_directly_a_file_says_nothing(): void {
		foreach ( self::files() as $file ) {
			exec( escapeshellarg( PHP_BINARY ) . ' -n -d display_errors=1 ' . escapeshellarg( $file ) . ' 2>&1', $output, $status );
			$this->assertSame( array( array(), 0 ), array( $output, $status ), $file );
		}
	}

	public function test_the_guard_comes_before_everything_else(): void {
		foreach ( self::files() as $file ) {
			$code = preg_replace( '~\A<\?php\s+/\*\*.*?\*/\s+namespace Custom_Migrator;\s+~s', '', file_get_contents( $file ) );
			$this->assertStringStartsWith( "if ( ! defined( 'ABSPATH' )", $code, $file );
		}
	}

	public function test_every_class_is_known_to_the_loader(): void {
		$loader = file_get_contents( CUSTOM_MIGRATOR_PLUGIN . '/inc/autoload.php' );
		foreach ( glob( CUSTOM_MIGRATOR_PLUGIN . '/inc/class-*.php' ) as $file ) {
			$this->assertStringContainsString( "'" . basename( $file ) . "'", $loader );
			$class = str_replace( ' ', '_', ucwords( str_replace( '-', ' ', substr( basename( $file, '.php' ), 6 ) ) ) );
			$this->assertTrue( class_exists( "Custom_Migrator\\$class" ), $class );
		}
	}

	public function test_no_syntax_above_php_7_2(): void {
		$too_new = array(
			Node\Expr\ArrowFunction::class,
			Node\Expr\AssignOp\Coalesce::class,
			Node\Expr\Match_::class,
			Node\Expr\NullsafeMethodCall::class,
			Node\Expr\NullsafePropertyFetch::class,
			Node\AttributeGroup::class,
			Node\UnionType::class,
			Node\Stmt\Enum_::class,
		);
		foreach ( self::files() as $file ) {
			$tree = self::parse( $file );
			foreach ( $too_new as $kind ) {
				$this->assertSame( array(), ( new NodeFinder() )->findInstanceOf( $tree, $kind ), "$kind in $file" );
			}
			$found = ( new NodeFinder() )->find(
				$tree,
				function ( Node $node ) {
					return ( $node instanceof Node\Stmt\Property && null !== $node->type )
						|| ( $node instanceof Node\Param && 0 !== $node->flags )
						|| ( $node instanceof Node\Arg && null !== $node->name )
						|| ( $node instanceof Node\Expr\ArrayItem && $node->unpack );
				}
			);
			$this->assertSame( array(), $found, $file );
		}
	}

	public function test_no_comma_after_the_last_argument(): void {
		foreach ( self::files() as $file ) {
			$open   = array();
			$before = array( '', '' );
			foreach ( token_get_all( file_get_contents( $file ) ) as $token ) {
				$text = is_array( $token ) ? $token[1] : $token;
				if ( is_array( $token ) && in_array( $token[0], array( T_WHITESPACE, T_COMMENT, T_DOC_COMMENT ), true ) ) {
					continue;
				}
				if ( '(' === $text ) {
					$open[] = strtolower( $before[1] );
				}
				if ( ')' === $text && ! in_array( array_pop( $open ), array( 'array', 'list' ), true ) ) {
					$this->assertNotSame( ',', $before[1], $file );
				}
				$before = array( $before[1], $text );
			}
		}
	}

	private static function parse( string $file ): array {
		$factory = new ParserFactory();
		$parser  = method_exists( $factory, 'createForNewestSupportedVersion' )
			? $factory->createForNewestSupportedVersion()
			: $factory->create( ParserFactory::PREFER_PHP7 );
		return $parser->parse( file_get_contents( $file ) );
	}
}
