<?php
/**
 * Second run: everything a visitor sees, through WordPress's own functions and from one fixed seed, so that every build
 * makes the same site.
 */

require __DIR__ . '/request.php';
require '/usr/share/wordpress/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/image.php';
foreach ( array( 'chance', 'words', 'pictures', 'blocks', 'people', 'posts', 'pages', 'comments', 'events', 'appearance' ) as $part ) {
	require __DIR__ . "/class-$part.php";
}

add_filter( 'pre_wp_mail', '__return_true' );
// Nobody is logged in here; an administrator, who wrote all this, may write any markup.
kses_remove_filters();
remove_action( 'post_updated', 'wp_save_post_revision' );
foreach ( get_posts( array( 'post_type' => 'any', 'post_status' => 'any', 'numberposts' => -1 ) ) as $post ) {
	wp_delete_post( $post->ID, true );
}

$chance   = new Chance( 20240229 );
$words    = new Words( $chance );
$pictures = ( new Pictures( $chance, $words ) )->add( 200 );
$people   = ( new People() )->add();
$blocks   = new Blocks( $chance, $words, $pictures );
$posts    = ( new Posts( $chance, $words, $blocks, $pictures, $people ) )->add( 280 );
$pages    = ( new Pages( $blocks, $words, $pictures ) )->add();
( new Comments( $chance, $words ) )->add( $posts, 600 );
( new Events( $chance, $words, $pictures ) )->add( 60 );
( new Appearance( $pictures, $posts, $pages ) )->apply();

printf(
	"%d pictures, %d posts, %d pages, %d comments\n",
	count( $pictures ),
	wp_count_posts()->publish,
	wp_count_posts( 'page' )->publish,
	wp_count_comments()->approved
);
