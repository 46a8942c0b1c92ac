<?php
/**
 * Writes down every login, good or bad, where WordPress itself keeps nothing of it.
 */

add_action(
	'wp_login',
	function () {
		file_put_contents( '/notes/logins', "accepted\n", FILE_APPEND );
	},
	1
);
add_action(
	'wp_login_failed',
	function () {
		file_put_contents( '/notes/logins', "refused\n", FILE_APPEND );
	}
);
