<?php
/**
 * Twenty pages, some below others, one with addresses of this site in every spelling that real content has.
 */

final class Pages {

	private const TITLES = array(
		'willkommen' => 'Willkommen', 'journal' => 'Journal', 'kontakt' => 'Kontakt', 'impressum' => 'Impressum',
		'termine' => 'Termine', 'hofladen' => 'Hofladen', 'adressen' => 'Adressen in allen Schreibweisen',
		'ueber-uns' => 'Über uns', 'geschichte' => 'Geschichte', 'anfahrt' => 'Anfahrt', 'equipe' => 'L’équipe',
		'nos-plantes' => 'Nos plantes', 'niwa' => '庭のようす', 'kurse' => 'Kurse', 'gutscheine' => 'Gutscheine',
		'versand' => 'Versand', 'fragen' => 'Häufige Fragen', 'bilder' => 'Bilder', 'faq' => 'FAQ', 'dank' => 'Dank',
	);

	private const PARENTS = array( 'geschichte' => 'ueber-uns', 'anfahrt' => 'ueber-uns', 'equipe' => 'ueber-uns', 'kurse' => 'termine', 'versand' => 'hofladen' );

	/** @param int[] $pictures Numbers of attachments. */
	public function __construct( private Blocks $blocks, private Words $words, private array $pictures ) {}

	/** @return array<string, int> Numbers of the pages by slug. */
	public function add(): array {
		$pages = array();
		foreach ( self::TITLES as $slug => $title ) {
			$parent         = isset( self::PARENTS[ $slug ] ) ? $pages[ self::PARENTS[ $slug ] ] : 0;
			$pages[ $slug ] = $this->insert( $slug, $title, $parent, count( $pages ) );
		}
		return $pages;
	}

	private function insert( string $slug, string $title, int $parent, int $order ): int {
		return wp_insert_post(
			wp_slash(
				array(
					'post_type'      => 'page',
					'post_title'     => $title,
					'post_name'      => $slug,
					'post_parent'    => $parent,
					'menu_order'     => $order,
					'post_content'   => $this->content( $slug ),
					'post_status'    => 'publish',
					'post_author'    => 1,
					'post_date'      => sprintf( '2021-01-%02d 12:00:00', $order + 1 ),
					'comment_status' => 'closed',
					'ping_status'    => 'closed',
				)
			)
		);
	}

	private function content( string $slug ): string {
		return match ( $slug ) {
			'termine'  => $this->blocks->paragraph() . "\n\n<!-- wp:shortcode -->\n[demo_events limit=\"60\"]\n<!-- /wp:shortcode -->",
			'bilder'   => '[gallery ids="' . implode( ',', array_slice( $this->pictures, 0, 12 ) ) . '" link="file"]',
			'adressen' => $this->spellings(),
			'journal'  => '',
			default    => $this->blocks->article(),
		};
	}

	private function spellings(): string {
		$url     = DEMO_SOURCE_URL . '/hofladen/';
		$bare    = substr( $url, strlen( 'http:' ) );
		$encoded = rawurlencode( $url );
		$json    = wp_json_encode( array( 'url' => $url, 'nested' => wp_json_encode( array( 'url' => $url ) ) ) );
		return "<!-- wp:html -->\n<ul>\n"
			. "<li><a href=\"$url\">plain</a></li>\n"
			. "<li><a href=\"$bare\">without a scheme</a></li>\n"
			. "<li><a href=\"https:$bare\">https</a></li>\n"
			. "<li><a href=\"/hofladen/\">from the root of the host</a></li>\n"
			. "<li><a href=\"https://social.example/share?u=$encoded&amp;t=Hofladen\">encoded</a></li>\n"
			. '<li data-settings="' . esc_attr( $json ) . "\">JSON, and JSON inside JSON, in an attribute</li>\n"
			. "<li><a href=\"https://loewenzahn.example/\">somebody else's</a></li>\n"
			. "</ul>\n<script type=\"application/json\">$json</script>\n<!-- /wp:html -->";
	}
}
