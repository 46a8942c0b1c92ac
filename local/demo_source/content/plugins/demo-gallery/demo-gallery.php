<?php
/**
 * Plugin Name: Demo Gallery
 * Description: Shows the pictures that a post's metadata lists.
 * Version: 0.4.1
 * Requires PHP: 7.4
 * License: Apache-2.0
 */

defined( 'ABSPATH' ) || exit;

/**
 * Appends a row of pictures to single posts that have them in `_demo_gallery`: a serialized list of URLs and captions.
 *
 * @param string $content HTML of the post.
 * @return string
 */
function demo_gallery_append( $content ) {
	$pictures = get_post_meta( get_the_ID(), '_demo_gallery', true );
	if ( ! is_array( $pictures ) ) {
		return $content;
	}
	$html = '';
	foreach ( $pictures as $picture ) {
		$html .= sprintf( '<img src="%s" alt="%s">', esc_url( $picture['url'] ), esc_attr( $picture['caption'] ) );
	}
	return $content . '<div class="demo-gallery">' . $html . '</div>';
}

function demo_gallery_style() {
	wp_enqueue_style( 'demo-gallery', plugins_url( 'demo-gallery.css', __FILE__ ), array(), '0.4.1' );
}

add_filter( 'the_content', 'demo_gallery_append', 20 );
add_action( 'wp_enqueue_scripts', 'demo_gallery_style' );
