<?php get_header(); ?>
<?php while ( have_posts() ) : ?>
	<?php the_post(); ?>
	<article <?php post_class(); ?>>
		<h2><a href="<?php the_permalink(); ?>"><?php the_title(); ?></a></h2>
		<p><time datetime="<?php echo esc_attr( get_the_date( 'c' ) ); ?>"><?php echo esc_html( get_the_date() ); ?></time>
			<?php the_author(); ?></p>
		<?php the_post_thumbnail( 'medium_large' ); ?>
		<?php is_singular() ? the_content() : the_excerpt(); ?>
	</article>
	<?php is_singular() && comments_template(); ?>
<?php endwhile; ?>
<?php the_posts_pagination(); ?>
<?php get_footer(); ?>
