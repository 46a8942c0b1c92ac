<!DOCTYPE html>
<html <?php language_attributes(); ?>>
<head>
	<meta charset="<?php bloginfo( 'charset' ); ?>">
	<meta name="viewport" content="width=device-width, initial-scale=1">
	<?php wp_head(); ?>
</head>
<body <?php body_class(); ?>>
<?php wp_body_open(); ?>
<header>
	<?php the_custom_logo(); ?>
	<h1><a href="<?php echo esc_url( home_url( '/' ) ); ?>"><?php bloginfo( 'name' ); ?></a></h1>
	<nav><?php wp_nav_menu( array( 'theme_location' => 'primary' ) ); ?></nav>
	<div class="site-banner" style="background-image:url(<?php header_image(); ?>)"></div>
	<?php $demo_garden_hero = get_theme_mod( 'hero', array() ); ?>
	<?php if ( $demo_garden_hero ) : ?>
		<p><a class="hero" href="<?php echo esc_url( $demo_garden_hero['url'] ); ?>"><?php echo esc_html( $demo_garden_hero['label'] ); ?></a></p>
	<?php endif; ?>
</header>
<main>
