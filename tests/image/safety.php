<?php
/**
 * Loads the image's mu-plugins on WordPress's own hooks, without a database, and prints what they answer as JSON.
 */

define( 'ABSPATH', '/opt/wordpress/' );
require ABSPATH . 'wp-includes/plugin.php';
require __DIR__ . '/safety-functions.php';
foreach ( array( 'action-scheduler', 'badge', 'cron', 'indexing', 'mail', 'set-aside-plugins', 'woocommerce' ) as $file ) {
	require "/opt/wordpress-clone/mu-plugins/$file.php";
}
foreach ( array( 'Exception', 'PHPMailer', 'SMTP' ) as $class ) {
	require ABSPATH . "wp-includes/PHPMailer/$class.php";
}

$seen = array();
add_filter(
	'wp_mail',
	function ( $mail ) use ( &$seen ) {
		$seen[] = $mail['subject'];
		return $mail;
	}
);

$mailer = new PHPMailer\PHPMailer\PHPMailer( true );
$mailer->isSMTP();
$mailer->Host = 'mail.example';
$mailer->setFrom( 'site@example.org' );
$mailer->addAddress( 'customer@example.org' );
$mailer->Body = 'text';
do_action_ref_array( 'phpmailer_init', array( &$mailer ) );

$stored  = array( 'akismet/akismet.php', 'wps-hide-login/wps-hide-login.php', 'sg-cachepress/sg-cachepress.php' );
$seen_by = apply_filters( 'option_active_plugins', $stored );
$written = apply_filters( 'pre_update_option_active_plugins', array( 'new/new.php' ), $seen_by );
$network = apply_filters( 'site_option_active_sitewide_plugins', array_fill_keys( $stored, 1 ) );

/** @return mixed What the shop's code reads of an option. */
function option( $name, $stored ) {
	return apply_filters( "option_$name", $stored, $name );
}

echo json_encode(
	array(
		'active'       => $seen_by,
		'written'      => $written,
		'network'      => array_keys( $network ),
		'network_new'  => array_keys( apply_filters( 'pre_update_site_option_active_sitewide_plugins', array( 'n/n.php' => 1 ) ) ),
		'stripe'       => option( 'woocommerce_stripe_settings', array( 'enabled' => 'yes', 'testmode' => 'no' ) ),
		'paypal'       => option( 'woocommerce-ppcp-settings', array( 'sandbox_on' => false, 'title' => 'PayPal' ) ),
		'braintree'    => option( 'woocommerce_braintree_settings', array( 'environment' => 'production' ) ),
		'square'       => option( 'wc_square_settings', array( 'enable_sandbox' => 'no' ) ),
		'mollie'       => option( 'mollie-payments-for-woocommerce_test_mode_enabled', 'no' ),
		'other'        => option( 'siteurl', array( 'testmode' => 'no' ) ),
		'empty'        => option( 'woocommerce_stripe_settings', '' ),
		'webhooks'     => apply_filters( 'woocommerce_webhook_should_deliver', true ),
		'copy'         => apply_filters( 'woocommerce_subscriptions_is_duplicate_site', false ),
		'times'        => array_map( 'wordpress_clone_time_left', array( -1, 0, 59, 2520, 7199, 7200, 172799, 172800, 864000 ) ),
		'batch'        => apply_filters( 'action_scheduler_queue_runner_batch_size', 25 ),
		'wp_mail'      => wp_mail( 'customer@example.org', 'Your order', 'text' ),
		'seen'         => $seen,
		'pre_wp_mail'  => apply_filters( 'pre_wp_mail', null, array() ),
		'phpmailer'    => $mailer->send(),
		'mail'         => mail( 'customer@example.org', 's', str_repeat( "line\n", 50000 ), '', '-fsite@example.org' ),
		'cron_off'     => DISABLE_WP_CRON,
		'due'          => apply_filters( 'pre_get_ready_cron_jobs', null ),
		'async_runner' => apply_filters( 'action_scheduler_allow_async_request_runner', true ),
		'batches'      => apply_filters( 'action_scheduler_queue_runner_concurrent_batches', 5 ),
		'public'       => apply_filters( 'pre_option_blog_public', false ),
		'robots'       => apply_filters( 'wp_robots', array( 'index' => true, 'max-image-preview' => 'large' ) ),
	)
);
