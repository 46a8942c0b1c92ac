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
