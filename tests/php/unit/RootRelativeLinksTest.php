<?php
/**
 * Pages come out the same however they are cut into parts.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator\Tests;

use PHPUnit\Framework\TestCase;
use WordPress_Clone\Root_Relative_Links;

require_once dirname( CUSTOM_MIGRATOR_PLUGIN, 2 ) . '/mu-plugins/inc/class-root-relative-links.php';

final class RootRelativeLinksTest extends TestCase {

	private function whole( string $page ): string {
		return ( new Root_Relative_Links( '/c1' ) )->pass( $page, true );
	}

	public function test_any_parts_give_the_same_page(): void {
		$page = '<!DOCTYPE html><title><a href="/t"></title><!-- <a href="/c"> > --><p style="a:url(/b)"><a href="/">1 < 2</a>'
			. "<img srcset='/a 1x, /b 2x' alt='x > y' src=/i><script src=\"/s\">if (a<b) { '<a href=\"/n\">' }</script><a\nhref = \"/z\">";
		$whole = $this->whole( $page );
		$this->assertStringContainsString( "srcset='/c1/a 1x, /c1/b 2x' alt='x > y' src=/c1/i>", $whole );
		for ( $size = 1; $size < 60; $size++ ) {
			$links = new Root_Relative_Links( '/c1' );
			$parts = str_split( $page, $size );
			$last  = array_pop( $parts );
			$done  = '';
			foreach ( $parts as $part ) {
				$done .= $links->pass( $part, false );
			}
			$this->assertSame( $whole, $done . $links->pass( $last, true ) );
		}
	}

	public function test_the_clones_own_path_is_left_alone(): void {
		foreach ( array( '/c1', '/c1/', '/c1/a', '/c1?a', '/c1#a', '//host/a', 'a/b', '#', '' ) as $link ) {
			$this->assertSame( "<a href=\"$link\">", $this->whole( "<a href=\"$link\">" ) );
		}
		$this->assertSame( '<a href="/c1/c10/a">', $this->whole( '<a href="/c10/a">' ) );
	}

	public function test_quotes_that_do_not_match_lose_nothing(): void {
		$page = '<a title="open><a href="/b"> text \' <p>';
		$this->assertSame( strlen( $page ), strlen( str_replace( '/c1/', '/', $this->whole( $page ) ) ) );
		$page = str_repeat( '<a title="', 101 ) . '<b src=/x>';
		$this->assertSame( $page, str_replace( '/c1/', '/', $this->whole( $page ) ) );
	}

	public function test_what_is_thrown_away_does_not_come_back(): void {
		$links = new Root_Relative_Links( '/c1' );
		$links->pass( '<a hre', false );
		$links->discard();
		$this->assertSame( '<b>', $links->pass( '<b>', true ) );
	}

	public function test_a_long_page_does_not_wait_for_its_end(): void {
		$links = new Root_Relative_Links( '/c1' );
		$done  = $links->pass( str_repeat( '<p>text</p>', 1000 ) . '<a href="/x', false );
		$this->assertSame( 11000, strlen( $done ) );
		$this->assertSame( '<a href="/c1/xy">', $links->pass( 'y">', true ) );
	}
}
