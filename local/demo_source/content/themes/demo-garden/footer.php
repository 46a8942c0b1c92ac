</main>
<aside><?php dynamic_sidebar( 'sidebar-1' ); ?></aside>
<footer>
	<?php dynamic_sidebar( 'footer-1' ); ?>
	<?php wp_nav_menu( array( 'theme_location' => 'footer', 'fallback_cb' => '__return_false' ) ); ?>
	<?php foreach ( get_theme_mod( 'footer_links', array() ) as $demo_garden_link ) : ?>
		<a href="<?php echo esc_url( $demo_garden_link['url'] ); ?>"><?php echo esc_html( $demo_garden_link['label'] ); ?></a>
	<?php endforeach; ?>
</footer>
<?php wp_footer(); ?>
</body>
</html>
