<?php
/**
 * Settings, menus, widgets and the theme's options.
 */

final class Appearance {

	/**
	 * @param int[]              $pictures Numbers of attachments.
	 * @param int[]              $posts    Numbers of posts.
	 * @param array<string, int> $pages    Numbers of pages by slug.
	 */
	public function __construct( private array $pictures, private array $posts, private array $pages ) {}

	public function apply(): void {
		$this->settings();
		set_theme_mod( 'nav_menu_locations', array( 'primary' => $this->primary_menu(), 'footer' => $this->footer_menu() ) );
		$this->theme();
		$this->widgets();
		// The taxonomies were registered before there was a permalink structure: without a second time their archives
		// have no rules.
		create_initial_taxonomies();
		flush_rewrite_rules( false );
	}

	private function settings(): void {
		global $wp_rewrite;
		$options = array(
			'blogdescription'          => 'Kräuter, Stauden & Gemüse – seit 1987 🌱',
			'timezone_string'          => 'Europe/Berlin',
			'date_format'              => 'j. F Y',
			'show_on_front'            => 'page',
			'page_on_front'            => $this->pages['willkommen'],
			'page_for_posts'           => $this->pages['journal'],
			'wp_page_for_privacy_policy' => $this->pages['impressum'],
			'site_icon'                => $this->pictures[19],
			'default_pingback_flag'    => 0,
			'default_ping_status'      => 'closed',
		);
		array_map( 'update_option', array_keys( $options ), $options );
		$wp_rewrite->set_permalink_structure( '/%year%/%monthnum%/%postname%/' );
	}

	private function primary_menu(): int {
		$menu = wp_create_nav_menu( 'Hauptmenü' );
		foreach ( array( 'willkommen', 'journal', 'ueber-uns', 'geschichte', 'anfahrt', 'termine', 'hofladen', 'kontakt' ) as $slug ) {
			$items[ $slug ] = $this->page_item( $menu, $slug, $items[ $this->parent( $slug ) ] ?? 0 );
		}
		$category = get_term_by( 'name', 'Kräuter', 'category' );
		wp_update_nav_menu_item( $menu, 0, array( 'menu-item-object' => 'category', 'menu-item-object-id' => $category->term_id, 'menu-item-type' => 'taxonomy', 'menu-item-status' => 'publish' ) );
		return $menu;
	}

	private function parent( string $slug ): string {
		return (string) get_post_field( 'post_name', wp_get_post_parent_id( $this->pages[ $slug ] ) );
	}

	private function footer_menu(): int {
		$menu  = wp_create_nav_menu( 'Fußzeile' );
		$links = array( 'Startseite' => DEMO_SOURCE_URL . '/', 'Feed' => DEMO_SOURCE_URL . '/feed/', 'Verband' => 'https://verband.example/' );
		foreach ( $links as $title => $url ) {
			wp_update_nav_menu_item( $menu, 0, array( 'menu-item-title' => $title, 'menu-item-url' => $url, 'menu-item-status' => 'publish' ) );
		}
		$this->page_item( $menu, 'impressum', 0 );
		return $menu;
	}

	private function page_item( int $menu, string $slug, int $parent ): int {
		$item = array( 'menu-item-object' => 'page', 'menu-item-object-id' => $this->pages[ $slug ], 'menu-item-type' => 'post_type' );
		return wp_update_nav_menu_item( $menu, 0, $item + array( 'menu-item-parent-id' => $parent, 'menu-item-status' => 'publish' ) );
	}

	private function theme(): void {
		$header = $this->pictures[2];
		$url    = wp_get_attachment_url( $header );
		$mods   = array(
			'custom_logo'       => $this->pictures[3],
			'header_image'      => $url,
			'header_image_data' => (object) array( 'attachment_id' => $header, 'url' => $url, 'thumbnail_url' => $url, 'width' => 1280, 'height' => 853 ),
			'background_image'  => wp_get_attachment_url( $this->pictures[4] ),
			'background_color'  => 'f4f8f0',
			'hero'              => array( 'url' => DEMO_SOURCE_URL . '/hofladen/', 'label' => 'Zum Hofladen', 'image' => $url ),
			'footer_links'      => array(
				array( 'url' => DEMO_SOURCE_URL . '/impressum/', 'label' => 'Impressum' ),
				array( 'url' => 'https://verband.example/', 'label' => 'Verband' ),
			),
		);
		array_map( 'set_theme_mod', array_keys( $mods ), $mods );
		wp_update_custom_css_post( '.hero { background: url(' . wp_get_attachment_image_url( $this->pictures[5], 'medium' ) . '); }' );
	}

	private function widgets(): void {
		$picture = $this->pictures[6];
		$image   = wp_get_attachment_image_url( $picture, 'medium' );
		$link    = DEMO_SOURCE_URL . '/?p=' . $this->posts[0];
		$block   = "<!-- wp:image {\"id\":$picture,\"sizeSlug\":\"medium\"} -->\n<figure class=\"wp-block-image size-medium\"><img src=\"$image\" alt=\"\" class=\"wp-image-$picture\"/></figure>\n<!-- /wp:image -->";
		$widgets = array(
			'search'       => array( 2 => array( 'title' => 'Suche' ), '_multiwidget' => 1 ),
			'recent-posts' => array( 2 => array( 'title' => 'Neues', 'number' => 5 ), '_multiwidget' => 1 ),
			'text'         => array( 2 => array( 'title' => 'Öffnungszeiten', 'text' => "Mo–Fr 8–18 Uhr, <a href=\"$link\">siehe hier</a>", 'filter' => true, 'visual' => true ), '_multiwidget' => 1 ),
			'media_image'  => array( 2 => array( 'title' => 'Bild der Woche', 'attachment_id' => $picture, 'url' => $image, 'link_type' => 'custom', 'link_url' => $link, 'size' => 'medium', 'width' => 300, 'height' => 200 ), '_multiwidget' => 1 ),
			'block'        => array( 2 => array( 'content' => $block ), '_multiwidget' => 1 ),
		);
		foreach ( $widgets as $kind => $instances ) {
			update_option( "widget_$kind", $instances );
		}
		$sidebars = array( 'wp_inactive_widgets' => array(), 'sidebar-1' => array( 'search-2', 'recent-posts-2', 'text-2', 'media_image-2' ), 'footer-1' => array( 'block-2' ), 'array_version' => 3 );
		update_option( 'sidebars_widgets', $sidebars );
	}
}
