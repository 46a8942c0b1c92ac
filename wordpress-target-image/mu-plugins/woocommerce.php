<?php
/**
 * A clone of a shop takes no money and tells nobody about its orders.
 *
 * Payment methods are in test mode, webhooks are not delivered, and WooCommerce Subscriptions knows that this is a copy.
 * Answered by filters: the rows in the database stay what the source has, so nothing of this gets back with a restore.
 * What runs in the visitor's browser (PayPal's buttons) reads the same options, and no server-side filter of ours sees
 * its calls: hence test mode, and not only outgoing-http.php.
 *
 * Sources: the settings of WooCommerce's payment extensions, WC_Webhook::process(), WCS_Staging::is_duplicate_site().
 */

/** @return array<string, string> Setting of a payment method => its value in test mode, by the names in use. */
function wordpress_clone_test_settings() {
	return array(
		'testmode'       => 'yes', // Stripe, PayPal Standard, Klarna
		'test_mode'      => 'yes', // WooPayments
		'sandbox'        => 'yes', // Amazon Pay, PayFast
		'sandbox_mode'   => 'yes',
		'enable_sandbox' => 'yes', // Square
		'sandbox_on'     => true,  // PayPal Payments
		'environment'    => 'sandbox', // Braintree, Authorize.Net: see below
	);
}

/**
 * @param mixed $settings The option's value.
 * @return mixed The same in test mode. Settings that a method does not have are not invented.
 */
function wordpress_clone_test_mode( $settings ) {
	if ( ! is_array( $settings ) ) {
		return $settings;
	}
	$settings = array_merge( $settings, array_intersect_key( wordpress_clone_test_settings(), $settings ) );
	if ( isset( $settings['environment'] ) && isset( $settings['test_api_login_id'] ) ) {
		$settings['environment'] = 'test'; // Authorize.Net's word for it
	}
	return $settings;
}

/** Finds the payment methods among the options that WordPress has in memory anyway. */
function wordpress_clone_watch_payment_options() {
	$names = array( 'woocommerce-ppcp-settings', 'wc_square_settings', 'woocommerce_woocommerce_payments_settings' );
	$found = preg_grep( '/^woocommerce_.+_settings$/', array_keys( wp_load_alloptions() ) );
	foreach ( array_unique( array_merge( $names, $found ) ) as $name ) {
		add_filter( "option_$name", 'wordpress_clone_test_mode', PHP_INT_MAX );
	}
}

/** @return string Mollie keeps its switch in an option of its own. */
function wordpress_clone_yes() {
	return 'yes';
}

wordpress_clone_watch_payment_options();
add_filter( 'option_mollie-payments-for-woocommerce_test_mode_enabled', 'wordpress_clone_yes', PHP_INT_MAX );
add_filter( 'wcpay_test_mode', '__return_true', PHP_INT_MAX );
add_filter( 'wcpay_dev_mode', '__return_true', PHP_INT_MAX );
add_filter( 'woocommerce_webhook_should_deliver', '__return_false', PHP_INT_MAX );
add_filter( 'woocommerce_subscriptions_is_duplicate_site', '__return_true', PHP_INT_MAX );
