<?php
// As in wp-includes/functions.php, which cannot be loaded alone.
function __return_true() {
	return true;
}
function __return_false() {
	return false;
}
function __return_zero() {
	return 0;
}
function __return_empty_array() {
	return array();
}
// What a shop has among its options.
function wp_load_alloptions() {
	return array_fill_keys( array( 'siteurl', 'woocommerce_stripe_settings', 'woocommerce_braintree_settings' ), '' );
}
function esc_html( $text ) {
	return htmlspecialchars( $text );
}
