<?php
/**
 * What the theme supports. Its options live in theme_mods, URLs among them.
 */

add_action(
	'after_setup_theme',
	function () {
		add_theme_support( 'title-tag' );
		add_theme_support( 'post-thumbnails' );
		add_theme_support( 'custom-logo' );
		add_theme_support( 'custom-header', array( 'width' => 1024, 'height' => 682 ) );
		add_theme_support( 'custom-background' );
		add_theme_support( 'html5', array( 'comment-list', 'comment-form', 'search-form', 'gallery', 'caption' ) );
		add_theme_support( 'automatic-feed-links' );
		register_nav_menus( array( 'primary' => 'Hauptmenü', 'footer' => 'Fußzeile' ) );
	}
);

add_action(
	'widgets_init',
	function () {
		register_sidebar( array( 'id' => 'sidebar-1', 'name' => 'Seitenleiste' ) );
		register_sidebar( array( 'id' => 'footer-1', 'name' => 'Fußzeile' ) );
	}
);

add_action(
	'wp_enqueue_scripts',
	function () {
		wp_enqueue_style( 'demo-garden', get_stylesheet_uri(), array(), '2.0.3' );
	}
);
