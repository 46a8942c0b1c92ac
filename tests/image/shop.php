<?php
/**
 * Stands in for a shop's plugins on a copied site: each part asks the same filters, in the same order, as the plugin
 * that it is named after, and calls out if nothing stops it. `?shop=order` is what a customer's order sets off.
 */

function shop_call( $what ) {
	wp_remote_post( "http://sink/$what", array( 'timeout' => 10 ) );
}

// A plugin that sends mails by SMTP.
add_action(
	'phpmailer_init',
	function ( $mailer ) {
		$mailer->isSMTP();
		$mailer->Host        = 'sink';
		$mailer->SMTPAutoTLS = false;
	},
	20
);
add_filter(
	'wp_mail_from',
	function () {
		return 'shop@example.org';
	}
);

// WC_Webhook::process().
add_action(
	'woocommerce_new_order',
	function ( $order ) {
		if ( apply_filters( 'woocommerce_webhook_should_deliver', true, null, $order ) ) {
			shop_call( 'webhook' );
		}
	}
);

// ActionScheduler_QueueRunner::run(), with its queue in an option and nothing claimed yet.
function shop_run_queue() {
	if ( 0 >= apply_filters( 'action_scheduler_queue_runner_concurrent_batches', 1 ) ) {
		return;
	}
	$queue = get_option( 'shop_queue', array() );
	$batch = array_splice( $queue, 0, apply_filters( 'action_scheduler_queue_runner_batch_size', 25 ) );
	update_option( 'shop_queue', $queue );
	array_map( 'do_action', $batch );
}
add_action( 'action_scheduler_run_queue', 'shop_run_queue' );

// ActionScheduler_AsyncRequest_QueueRunner::allow(): admin pages start the queue, too.
add_action(
	'shutdown',
	function () {
		if ( is_admin() && apply_filters( 'action_scheduler_allow_async_request_runner', true ) ) {
			shop_run_queue();
		}
	}
);
add_action(
	'shop_newsletter',
	function () {
		shop_call( 'action' );
	}
);

// WC_Subscriptions_Manager: a copy of the shop charges nobody.
add_action(
	'woocommerce_scheduled_subscription_payment',
	function () {
		if ( ! apply_filters( 'woocommerce_subscriptions_is_duplicate_site', false ) ) {
			shop_call( 'renewal' );
		}
	}
);

// Freemius: tells its service about each page of the admin area.
add_action(
	'admin_init',
	function () {
		wp_remote_post( 'http://payments.test/freemius', array( 'timeout' => 10 ) );
	}
);

add_action(
	'shop_event',
	function () {
		shop_call( 'event' );
	}
);

add_action(
	'init',
	function () {
		if ( ! isset( $_GET['shop'] ) ) {
			return;
		}
		wp_schedule_single_event( time() - 60, 'shop_event' );
		wp_schedule_single_event( time() - 60, 'action_scheduler_run_queue' );
		update_option( 'shop_queue', array( 'shop_newsletter', 'woocommerce_scheduled_subscription_payment' ) );
		do_action( 'woocommerce_new_order', 7 );
		exit( wp_mail( 'customer@example.org', 'Your order', 'text' ) ? 'mailed' : 'not mailed' );
	}
);
