<?php
/**
 * Nothing runs by itself in a clone.
 *
 * Due events of the copied site (renewals, newsletters, webhooks) belong to the original. WordPress finds none of them
 * due, and requests to wp-cron.php end at once. Running an event by hand (from an admin page or the command line) stays
 * possible.
 */

if ( ! defined( 'DISABLE_WP_CRON' ) ) {
	define( 'DISABLE_WP_CRON', true );
}

// Set by wp-cron.php before it loads WordPress. Versions before 5.1 lack the filter below.
if ( defined( 'DOING_CRON' ) && DOING_CRON && 'cli' !== PHP_SAPI ) {
	exit;
}

add_filter( 'pre_get_ready_cron_jobs', '__return_empty_array', PHP_INT_MAX );
