<section id="comments">
	<ol><?php wp_list_comments(); ?></ol>
	<?php comment_form(); ?>
</section>
