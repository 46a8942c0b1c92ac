<?php
/**
 * Where a site keeps its files.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * The site's folders by name, and which of them have to be walked on their own.
 */
final class Roots {

	const INSIDE_CONTENT = array(
		'plugins'    => 'plugins',
		'mu_plugins' => 'mu-plugins',
		'uploads'    => 'uploads',
	);

	/**
	 * Absolute paths by name: core, content, plugins, mu_plugins, uploads.
	 *
	 * @var string[]
	 */
	private $places;

	/**
	 * Absolute paths of the folders that hold themes.
	 *
	 * @var string[]
	 */
	private $themes;

	/**
	 * Makes roots.
	 *
	 * @param string[] $places By name: core, content, plugins, mu_plugins, uploads; absolute, without a slash at the end.
	 * @param string[] $themes Folders that hold themes.
	 */
	public function __construct( array $places, array $themes ) {
		$this->places = $places;
		$this->themes = $themes;
	}

	/**
	 * The roots of this WordPress.
	 *
	 * @return self
	 */
	public static function of_site(): self {
		$places = array(
			'core'       => ABSPATH,
			'content'    => WP_CONTENT_DIR,
			'plugins'    => WP_PLUGIN_DIR,
			'mu_plugins' => WPMU_PLUGIN_DIR,
			'uploads'    => wp_upload_dir( null, false )['basedir'],
		);
		foreach ( $places as $name => $path ) {
			$places[ $name ] = self::without_slash( $path );
		}
		return new self( $places, array( self::without_slash( get_theme_root() ) ) );
	}

	/**
	 * One folder.
	 *
	 * @param string $name core, content, plugins, mu_plugins or uploads.
	 * @return string Absolute path.
	 */
	public function place( string $name ): string {
		return $this->places[ $name ];
	}

	/**
	 * All folders by name, themes as a list.
	 *
	 * @return array
	 */
	public function all(): array {
		return $this->places + array( 'themes' => $this->themes );
	}

	/**
	 * The folders that are walked on their own: core, content, and what does not lie at its usual place in content.
	 *
	 * @return string[] Absolute paths by name; no two are the same folder.
	 */
	public function to_walk(): array {
		$walked = array();
		foreach ( $this->places as $name => $path ) {
			$real = realpath( $path );
			if ( false !== $real && ! in_array( $real, $walked, true ) && ! $this->is_in_usual_place( $name, $real ) ) {
				$walked[ $name ] = $real;
			}
		}
		return array_intersect_key( $this->places, $walked );
	}

	/**
	 * Says whether the site keeps its content elsewhere than in core's `wp-content`.
	 *
	 * @return bool
	 */
	public function has_content_elsewhere(): bool {
		return realpath( $this->places['content'] ) !== realpath( $this->places['core'] . '/wp-content' );
	}

	/**
	 * Says whether a root is met by the walk through content anyway.
	 *
	 * @param string $name Root.
	 * @param string $real Its path without links.
	 * @return bool
	 */
	private function is_in_usual_place( string $name, string $real ): bool {
		$usual = self::INSIDE_CONTENT;
		return isset( $usual[ $name ] ) && realpath( $this->places['content'] . '/' . $usual[ $name ] ) === $real;
	}

	/**
	 * Takes slashes off the end, but leaves `/`.
	 *
	 * @param string $path A folder.
	 * @return string
	 */
	private static function without_slash( string $path ): string {
		$cut = rtrim( $path, '/\\' );
		return '' === $cut ? '/' : $cut;
	}
}
