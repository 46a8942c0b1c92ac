<?php
/**
 * A login page that is empty but for a script, which makes the form and works out a number without which no password counts.
 */

add_action(
	'login_init',
	function () {
		if ( 'GET' !== $_SERVER['REQUEST_METHOD'] || isset( $_GET['action'] ) || isset( $_GET['loggedout'] ) ) {
			return;
		}
		setcookie( TEST_COOKIE, 'WP Cookie check', 0, '/' );
		?>
		<!DOCTYPE html><title>Log in</title><body class="login"><div id="app"></div><script>
		const form = document.createElement( 'form' );
		form.method = 'post';
		form.action = '/wp-login.php';
		form.innerHTML = '<input name="log"><input name="pwd" type="password"><input name="proof" type="hidden"><button>Go</button>';
		form.proof.value = 6 * 7;
		document.getElementById( 'app' ).append( form );
		</script></body>
		<?php
		exit;
	}
);
add_filter(
	'authenticate',
	function ( $user, $login ) {
		return '' !== $login && '42' !== ( $_POST['proof'] ?? '' ) ? new WP_Error( 'proof', 'JavaScript is needed.' ) : $user;
	},
	99,
	2
);
