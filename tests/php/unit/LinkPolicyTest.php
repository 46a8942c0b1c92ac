<?php
/**
 * Which links are followed, by owner and place.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator\Tests;

use Custom_Migrator\Link_Policy;

final class LinkPolicyTest extends Folder_Test_Case {

	const PHP_USER = 33;

	private function reason( string $path, int $link_owner, int $target_owner, ?int $php_user = self::PHP_USER ): ?string {
		$policy = new Link_Policy( array( "$this->folder/site", "$this->folder/missing" ), $php_user );
		return $policy->reason( "$this->folder/$path", array( 'uid' => $link_owner ), array( 'uid' => $target_owner ) );
	}

	protected function setUp(): void {
		parent::setUp();
		$this->write( 'site/file' );
		$this->write( 'site-2/file' );
		symlink( '../site-2/file', "$this->folder/site/out" );
		symlink( 'file', "$this->folder/site/in" );
	}

	public function test_owners(): void {
		$other = 'link to something of another owner';
		$this->assertSame( $other, $this->reason( 'site/out', self::PHP_USER, 0 ), "the web server's link to root's file" );
		$this->assertSame( $other, $this->reason( 'site/out', self::PHP_USER, 1000 ), "the web server's link to a user's file" );
		$this->assertNull( $this->reason( 'site/out', self::PHP_USER, self::PHP_USER ), "the web server's link to its own file" );
		$this->assertNull( $this->reason( 'site/out', 0, 1000 ), "root's link" );
		$this->assertNull( $this->reason( 'site/out', 1000, self::PHP_USER ), "a deployment's link to what the web server writes" );
		$this->assertNull( $this->reason( 'site/out', 1000, 1001 ), 'a link that the web server cannot have made' );
	}

	public function test_owners_when_the_web_servers_user_is_not_known(): void {
		$this->assertSame( 'link to something of another owner', $this->reason( 'site/out', 1000, 1001, null ) );
		$this->assertNull( $this->reason( 'site/out', 1000, 1000, null ) );
		$this->assertNull( $this->reason( 'site/out', 0, 1001, null ) );
	}

	public function test_inside_the_site_everything_goes(): void {
		$this->assertNull( $this->reason( 'site/in', self::PHP_USER, 1000 ) );
	}

	public function test_a_name_that_only_begins_alike_is_not_inside(): void {
		$this->assertNotNull( $this->reason( 'site/out', self::PHP_USER, 1000 ) );
	}

	public function test_what_php_remembers_of_a_path_does_not_count(): void {
		realpath( "$this->folder/site/file" );
		// Another process, as an attacker's request would be.
		exec( 'ln -sf ../site-2/file ' . escapeshellarg( "$this->folder/site/file" ) );
		$this->assertNotNull( $this->reason( 'site/file', self::PHP_USER, 0 ) );
	}
}
