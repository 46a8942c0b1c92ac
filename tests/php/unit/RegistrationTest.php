<?php
/**
 * Who sees that the agent is there.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator\Tests;

use Custom_Migrator\Registration;
use PHPUnit\Framework\TestCase;

require_once dirname( __DIR__ ) . '/fake-rest.php';

final class RegistrationTest extends TestCase {

	protected function tearDown(): void {
		unset( $GLOBALS['registered_routes'], $GLOBALS['registered_filters'], $GLOBALS['is_user_logged_in'] );
	}

	private static function index(): \stdClass {
		return (object) array(
			'data' => array(
				'url'        => 'https://example.com',
				'namespaces' => array( 'oembed/1.0', 'custom-migrator/v1', 'wp/v2' ),
				'routes'     => array(
					'/'                   => array(),
					'/custom-migrator/v1' => array(),
					'/wp/v2'              => array(),
				),
			),
		);
	}

	private static function shown( bool $is_user, $index ) {
		$GLOBALS['is_user_logged_in'] = $is_user;
		Registration::register_route();
		return call_user_func( $GLOBALS['registered_filters']['rest_index'], $index );
	}

	public function test_the_route_is_in_no_index(): void {
		Registration::register_route();
		$this->assertFalse( $GLOBALS['registered_routes']['custom-migrator/v1/keys']['show_in_index'] );
	}

	public function test_visitors_see_nothing_of_it(): void {
		$data = self::shown( false, self::index() )->data;
		$this->assertSame( array( 'oembed/1.0', 'wp/v2' ), $data['namespaces'] );
		$this->assertSame( array( '/', '/wp/v2' ), array_keys( $data['routes'] ) );
	}

	public function test_users_see_the_index_as_it_is(): void {
		$this->assertEquals( self::index(), self::shown( true, self::index() ) );
	}

	public function test_indexes_of_other_forms_pass(): void {
		$empty = (object) array( 'data' => array() );
		$this->assertEquals( $empty, self::shown( false, clone $empty ) );
		$this->assertNull( self::shown( false, null ) );
	}
}
