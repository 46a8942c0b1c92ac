<?php
/**
 * What visitors see of the calendar: a shortcode, a block, a REST route.
 */

final class Demo_Events_View {

	public static function register() {
		add_shortcode( 'demo_events', array( __CLASS__, 'shortcode' ) );
		register_block_type(
			'demo-events/teaser',
			array(
				'attributes'      => array(
					'link'  => array( 'type' => 'string' ),
					'cover' => array( 'type' => 'string' ),
					'label' => array( 'type' => 'string' ),
				),
				'render_callback' => array( __CLASS__, 'teaser' ),
			)
		);
		add_action( 'rest_api_init', array( __CLASS__, 'register_route' ) );
	}

	public static function register_route() {
		register_rest_route(
			'demo-events/v1',
			'/events',
			array(
				'methods'             => 'GET',
				'permission_callback' => '__return_true',
				'callback'            => function () {
					return Demo_Events_Table::first( 100 );
				},
			)
		);
	}

	/**
	 * @param array|string $attributes `limit`: how many events.
	 * @return string HTML.
	 */
	public static function shortcode( $attributes ) {
		$attributes = shortcode_atts( array( 'limit' => 10 ), $attributes );
		$settings   = get_option( 'demo_events_settings', array( 'pages' => array( 'overview' => home_url( '/' ) ) ) );
		$items      = array_map( array( __CLASS__, 'item' ), Demo_Events_Table::first( (int) $attributes['limit'] ) );
		return '<ul class="demo-events">' . implode( '', $items ) . '</ul><p><a href="'
			. esc_url( $settings['pages']['overview'] ) . '">' . esc_html__( 'All events' ) . '</a></p>';
	}

	/**
	 * @param array $attributes `link`, `cover`, `label` of the block.
	 * @return string HTML.
	 */
	public static function teaser( $attributes ) {
		return sprintf(
			'<p class="demo-events-teaser"><a href="%s"><img src="%s" alt="" loading="lazy"> %s</a></p>',
			esc_url( $attributes['link'] ?? '' ),
			esc_url( $attributes['cover'] ?? '' ),
			esc_html( $attributes['label'] ?? '' )
		);
	}

	private static function item( array $event ) {
		return sprintf(
			'<li><time datetime="%s">%s</time> <a href="%s">%s</a>, <a href="%s">%s</a></li>',
			esc_attr( $event['starts_at'] ),
			esc_html( mysql2date( get_option( 'date_format' ), $event['starts_at'] ) ),
			esc_url( $event['links']['self'] ),
			esc_html( $event['title'] ),
			esc_url( $event['place']['map'] ),
			esc_html( $event['place']['name'] )
		);
	}
}
