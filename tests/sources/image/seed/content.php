<?php
/**
 * What a site has after some years, through WordPress's own functions: posts, pages, pictures, comments, options that
 * hold addresses in every form.
 */

require __DIR__ . '/request.php';
require $source_site_files . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/image.php';
require_once ABSPATH . 'wp-admin/includes/plugin.php';

add_filter( 'pre_wp_mail', '__return_true' );
kses_remove_filters();
flush_rewrite_rules( false );

/** Draws a picture into the uploads; returns the attachment's id. */
function source_site_picture( int $number ): int {
	$image = imagecreatetruecolor( 1200, 800 );
	for ( $stripe = 0; $stripe < 60; $stripe++ ) {
		$color = imagecolorallocate( $image, ( $number * 37 + $stripe * 4 ) % 256, ( $number * 91 ) % 256, $stripe * 4 );
		imagefilledrectangle( $image, $stripe * 20, ( $stripe * $number ) % 700, 1200, 800, $color );
	}
	// A name with an umlaut, as a German camera owner gives it.
	$file = wp_upload_dir()['path'] . "/löwenzahn-$number.jpg";
	imagejpeg( $image, $file, 90 );
	$id = wp_insert_attachment( array( 'post_title' => "Löwenzahn $number", 'post_mime_type' => 'image/jpeg' ), $file );
	wp_update_attachment_metadata( $id, wp_generate_attachment_metadata( $id, $file ) );
	return $id;
}

$pictures = array_map( 'source_site_picture', range( 1, 12 ) );
$pages    = array();
foreach ( array( 'Über uns', 'Öffnungszeiten', 'Anfahrt' ) as $title ) {
	$pages[] = wp_insert_post( array( 'post_type' => 'page', 'post_status' => 'publish', 'post_title' => $title, 'post_content' => "<!-- wp:paragraph -->\n<p>$title: <a href=\"" . home_url( '/' ) . "\">Startseite</a></p>\n<!-- /wp:paragraph -->" ) );
}
$posts = array();
for ( $number = 1; $number <= 60; $number++ ) {
	$picture = $pictures[ $number % count( $pictures ) ];
	$url     = wp_get_attachment_url( $picture );
	$json    = wp_json_encode( array( 'id' => $picture, 'link' => $url ) );
	$previous = $posts ? get_permalink( end( $posts ) ) : home_url();
	$posts[] = wp_insert_post(
		array(
			'post_title'    => "Grüße aus dem Garten, Folge $number – “schön”",
			'post_status'   => 'publish',
			'post_date'     => gmdate( 'Y-m-d H:i:s', 1700000000 + $number * 86400 ),
			'post_content'  => "<!-- wp:image $json -->\n<figure class=\"wp-block-image\"><img src=\"$url\" alt=\"Blüte\"/></figure>\n<!-- /wp:image -->\n\n<!-- wp:paragraph -->\n<p>Äpfel, Öl und Übermut 🌼. <a href=\"$previous\">Zurück</a></p>\n<!-- /wp:paragraph -->",
			'post_category' => array( 1 ),
			'meta_input'    => array(
				'_thumbnail_id' => $picture,
				'galerie'       => array( 'bild' => $url, 'liste' => array( $url, array( 'größe' => 'groß', 'url' => home_url( '/?p=1' ) ) ) ),
				'json'          => wp_slash( wp_json_encode( array( 'url' => $url, 'home' => home_url() ) ) ),
			),
		)
	);
	wp_insert_comment( array( 'comment_post_ID' => end( $posts ), 'comment_author' => 'Jürgen', 'comment_author_url' => home_url( '/' ), 'comment_content' => "Schöne Blüten, siehe $previous", 'comment_approved' => 1 ) );
}

$object       = new stdClass();
$object->home = home_url( '/' );
update_option( 'garten_einstellungen', array( 'logo' => wp_get_attachment_url( $pictures[0] ), 'objekt' => $object, 'doppelt' => serialize( array( 'url' => site_url( '/wp-login.php' ) ) ), 'kodiert' => rawurlencode( home_url( '/über-uns/' ) ) ) );
update_option( 'widget_text', array( 2 => array( 'title' => 'Anschrift', 'text' => '<a href="' . home_url( '/' ) . '">Gärtnerei</a>' ), '_multiwidget' => 1 ) );
update_option( 'show_on_front', 'posts' );
set_theme_mod( 'garten_logo', wp_get_attachment_url( $pictures[1] ) );
wp_insert_user( array( 'user_login' => 'redaktion', 'user_pass' => wp_generate_password( 30 ), 'role' => 'editor', 'display_name' => 'Jörg Müßig', 'user_url' => home_url( '/' ) ) );
$menu = wp_create_nav_menu( 'Hauptmenü' );
foreach ( $pages as $page ) {
	wp_update_nav_menu_item( $menu, 0, array( 'menu-item-title' => get_the_title( $page ), 'menu-item-object' => 'page', 'menu-item-object-id' => $page, 'menu-item-type' => 'post_type', 'menu-item-status' => 'publish' ) );
}
wp_update_nav_menu_item( $menu, 0, array( 'menu-item-title' => 'Startseite', 'menu-item-url' => home_url( '/' ), 'menu-item-status' => 'publish' ) );
if ( is_file( WP_PLUGIN_DIR . '/hello.php' ) ) {
	activate_plugin( 'hello.php' );
}
printf( "%d posts, %d pictures, %d pages\n", count( $posts ), count( $pictures ), count( $pages ) );
