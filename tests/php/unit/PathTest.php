<?php
/**
 * Paths on the wire.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator\Tests;

use Custom_Migrator\Failure;
use Custom_Migrator\Path;
use PHPUnit\Framework\TestCase;

final class PathTest extends TestCase {

	public function test_any_name_comes_back(): void {
		$names = array( 'a', "new\nline", "\xFF\xFE", "\u{00fc}", 'a b+c%2Fd', '...', '.htaccess', str_repeat( 'x', 255 ), "\x01?#[]@!$&'()*,;=\"", '-', '0' );
		foreach ( $names as $name ) {
			$this->assertSame( array( $name ), Path::decode( Path::encode( array( $name ) ) ) );
		}
		$this->assertSame( $names, Path::decode( Path::encode( $names ) ) );
	}

	public function test_encoding_is_ascii_as_rfc_3986_has_it(): void {
		$this->assertSame( 'a_b-c.d~e/%FF%20%25', Path::encode( array( 'a_b-c.d~e', "\xFF %" ) ) );
	}

	public function test_ways_out_are_refused(): void {
		$bad = array(
			'', '/', '/etc/passwd', 'a//b', 'a/', '.', '..', '../a', 'a/../b', 'a/..', 'a/.', '%2E%2E/a', 'a/%2e%2e/b', '%2F', 'a%2Fb',
			'..%2Fa', '%00', 'a%00.php', 'a/%2F..', '%2Fetc%2Fpasswd', "a\0b",
		);
		foreach ( $bad as $path ) {
			try {
				Path::decode( $path );
				$this->fail( 'accepted: ' . json_encode( $path ) );
			} catch ( Failure $failure ) {
				$this->assertSame( 'not_found', $failure->reason() );
			}
		}
	}

	public function test_decoded_once_only(): void {
		$this->assertSame( array( '%2e%2e', '%2Fa' ), Path::decode( '%252e%252e/%252Fa' ) );
	}
}
