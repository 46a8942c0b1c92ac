<?php
/**
 * Rows and options of the plugin with a table of its own.
 */

final class Events {

	/** @param int[] $pictures Numbers of attachments. */
	public function __construct( private Chance $chance, private Words $words, private array $pictures ) {}

	public function add( int $count ): void {
		for ( $number = 1; $number <= $count; $number++ ) {
			Demo_Events_Table::insert( $this->event( $number ) );
		}
		$this->options();
	}

	private function event( int $number ): array {
		$url = DEMO_SOURCE_URL . "/termine/?event=$number";
		return array(
			'slug'      => "event-$number",
			'title'     => $this->words->title(),
			'starts_at' => gmdate( 'Y-m-d H:i:s', gmmktime( 14, 0, 0, 1, 7 * $number, 2024 ) ),
			'cover_url' => wp_get_attachment_url( $this->chance->one( $this->pictures ) ),
			'place'     => array(
				'name'     => 'Gärtnerei, Halle ' . $this->chance->between( 1, 9 ),
				'map'      => DEMO_SOURCE_URL . '/ueber-uns/anfahrt/',
				'open'     => true,
				'distance' => 1.5,
			),
			'links'     => array(
				'self'  => $url,
				'share' => 'https://social.example/share?u=' . rawurlencode( $url ),
				'label' => $this->words->plant(),
			),
		);
	}

	private function options(): void {
		$settings = array(
			'pages'  => array( 'overview' => DEMO_SOURCE_URL . '/termine/', 'courses' => DEMO_SOURCE_URL . '/termine/kurse/' ),
			'icons'  => array( wp_get_attachment_url( $this->pictures[0] ), wp_get_attachment_url( $this->pictures[19] ) ),
			'limits' => array( 'list' => 60, 'ratio' => 0.5, 'none' => null, 'on' => false ),
		);
		update_option( 'demo_events_settings', $settings );
		update_option( 'demo_events_feed', wp_json_encode( $settings ) );
		// Some plugins serialize what WordPress serializes again.
		update_option( 'demo_events_snapshot', serialize( array( 'saved' => serialize( $settings ), 'object' => (object) $settings['pages'] ) ) );
	}
}
