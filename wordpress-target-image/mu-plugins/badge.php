<?php
/**
 * Whoever is logged in sees in the admin bar that this is a clone, of what, and how long it has left.
 *
 * Visitors see nothing: to them a clone looks exactly like its source.
 *
 * Environment: SOURCE_URL (empty for an empty site), EXPIRES_AT (RFC 3339; what it was when the container started).
 */

/**
 * @param int $seconds Time left.
 * @return string As people say it; empty when it is over: then the clone's time has been extended since.
 */
function wordpress_clone_time_left( $seconds ) {
	$minutes = (int) floor( $seconds / 60 );
	if ( $seconds <= 0 ) {
		return '';
	}
	if ( $minutes < 120 ) {
		return "$minutes min left";
	}
	$hours = (int) floor( $minutes / 60 );
	return $hours < 48 ? "$hours h left" : (int) floor( $hours / 24 ) . ' days left';
}

/** @return string The badge's text. */
function wordpress_clone_badge_text() {
	$source  = (string) parse_url( (string) getenv( 'SOURCE_URL' ), PHP_URL_HOST );
	$expires = strtotime( (string) getenv( 'EXPIRES_AT' ) );
	$left    = $expires ? wordpress_clone_time_left( $expires - time() ) : '';
	return ( '' === $source ? 'Clone' : "Clone of $source" ) . ( '' === $left ? '' : " – $left" );
}

/** @param WP_Admin_Bar $bar The admin bar. */
function wordpress_clone_badge( $bar ) {
	$style = 'background:#b32d2e;color:#fff;padding:0 8px';
	$bar->add_node(
		array(
			'id'     => 'wordpress-clone',
			'parent' => 'top-secondary',
			'title'  => '<span style="' . $style . '">' . esc_html( wordpress_clone_badge_text() ) . '</span>',
		)
	);
}

add_action( 'admin_bar_menu', 'wordpress_clone_badge', 1 );
