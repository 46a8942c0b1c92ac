<?php
/**
 * Which folders are walked on their own, and what is left out in them.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator\Tests;

use Custom_Migrator\Exclusions;
use Custom_Migrator\Node;
use Custom_Migrator\Roots;

final class RootsTest extends Folder_Test_Case {

	private function roots( array $places ): Roots {
		$full = array();
		foreach ( $places as $name => $path ) {
			if ( ! is_dir( "$this->folder/$path" ) && 'missing' !== $path ) {
				mkdir( "$this->folder/$path", 0777, true );
			}
			$full[ $name ] = "$this->folder/$path";
		}
		return new Roots( $full, array( $full['content'] . '/themes' ) );
	}

	private function walked( array $places ): array {
		$walked = array();
		foreach ( $this->roots( $places )->to_walk() as $name => $path ) {
			$walked[ $name ] = substr( $path, strlen( $this->folder ) + 1 );
		}
		return $walked;
	}

	public function test_usual_layout(): void {
		$this->assertSame(
			array(
				'core'    => 'site',
				'content' => 'site/wp-content',
			),
			$this->walked(
				array(
					'core'       => 'site',
					'content'    => 'site/wp-content',
					'plugins'    => 'site/wp-content/plugins',
					'mu_plugins' => 'missing',
					'uploads'    => 'site/wp-content/uploads',
				)
			)
		);
	}

	public function test_everything_elsewhere(): void {
		$places = array(
			'core'       => 'core',
			'content'    => 'content',
			'plugins'    => 'plugins',
			'mu_plugins' => 'content/must',
			'uploads'    => 'core/files',
		);
		$this->assertSame( $places, $this->walked( $places ) );
	}

	public function test_a_link_at_the_usual_place_is_part_of_content(): void {
		mkdir( "$this->folder/content" );
		mkdir( "$this->folder/shared" );
		symlink( '../shared', "$this->folder/content/uploads" );
		$this->assertSame(
			array(
				'core'    => 'core',
				'content' => 'content',
			),
			$this->walked(
				array(
					'core'       => 'core',
					'content'    => 'content',
					'plugins'    => 'content/plugins',
					'mu_plugins' => 'content/mu-plugins',
					'uploads'    => 'shared',
				)
			)
		);
	}

	public function test_two_names_for_one_folder(): void {
		$this->assertSame(
			array(
				'core'    => 'core',
				'content' => 'core/app',
				'plugins' => 'core/both',
			),
			$this->walked(
				array(
					'core'       => 'core',
					'content'    => 'core/app',
					'plugins'    => 'core/both',
					'mu_plugins' => 'core/both',
					'uploads'    => 'core/app/uploads',
				)
			)
		);
	}

	private function reason( Exclusions $rules, string $folder, string $name ): ?string {
		return $rules->reason_of_name( Node::root( "$this->folder/$folder" ), $name );
	}

	public function test_rules_of_the_usual_layout(): void {
		$roots = $this->roots(
			array(
				'core'       => 'site',
				'content'    => 'site/wp-content',
				'plugins'    => 'site/wp-content/plugins',
				'mu_plugins' => 'site/wp-content/mu-plugins',
				'uploads'    => 'site/wp-content/uploads',
			)
		);
		$own   = dirname( $this->write( 'site/wp-content/plugins/custom-migrator/x' ) );
		$above = $this->write( 'wp-config.php' );
		$rules = Exclusions::of_site( $roots, $own );
		$this->assertSame( 'written anew', $this->reason( $rules, 'site', 'wp-config.php' ) );
		$this->assertSame( 'written anew', $this->reason( $rules, 'site', '.user.ini' ) );
		$this->assertNull( $this->reason( $rules, 'site', 'wp-content' ) );
		$this->assertNull( $this->reason( $rules, 'site/wp-content', '.htaccess' ) );
		$this->assertSame( 'temporary files', $this->reason( $rules, 'site/wp-content', 'cache' ) );
		$this->assertSame( 'backups', $this->reason( $rules, 'site/wp-content', 'updraft' ) );
		$this->assertNull( $this->reason( $rules, 'site/wp-content/plugins', 'updraft' ) );
		$this->assertSame( 'backups', $this->reason( $rules, 'site/wp-content/uploads', 'wp-staging' ) );
		$this->assertSame( 'the agent itself', $rules->reason_of_id( Node::root( $own )->id ) );
		$this->assertSame( 'written anew', $rules->reason_of_id( Node::root( $above )->id ) );
	}

	public function test_the_unused_content_folder_of_core(): void {
		$roots = $this->roots(
			array(
				'core'       => 'core',
				'content'    => 'content',
				'plugins'    => 'content/plugins',
				'mu_plugins' => 'content/mu-plugins',
				'uploads'    => 'content/uploads',
			)
		);
		$rules = Exclusions::of_site( $roots, $this->folder );
		$this->assertSame( 'not used, the content is elsewhere', $this->reason( $rules, 'core', 'wp-content' ) );
	}
}
