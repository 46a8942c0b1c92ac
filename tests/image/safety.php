<?php
/**
 * Loads the image's mu-plugins on WordPress's own hooks, without a database, and prints what they answer as JSON.
 */

define( 'ABSPATH', '/opt/wordpress/' );
require ABSPATH . 'wp-includes/plugin.php';
require __DIR__ . '/safety-functions.php';
foreach ( array( 'action-scheduler', 'cron', 'indexing', 'mail' ) as $file ) {
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

echo json_encode(
	array(
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
