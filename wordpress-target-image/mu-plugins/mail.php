<?php
/**
 * No mail leaves a clone.
 *
 * Three nets, each for what slips past the one before:
 *  1. `wp_mail()` is ours. Plugins that bring their own to send through a service find it taken, as they do when two
 *     of them are active.
 *  2. Where another file was faster, WordPress's own `wp_mail()` is cut short (since 5.7).
 *  3. Whatever still reaches PHPMailer is handed to PHP's `mail()`, and this image's `sendmail_path` discards it.
 * The cluster's network policy is the fourth: it opens no mail port.
 */

if ( ! function_exists( 'wp_mail' ) ) {
	/**
	 * Takes a mail as WordPress does and reports it as sent. Plugins that keep a log of mails see it.
	 *
	 * @param string|string[] $to          Recipients.
	 * @param string          $subject     Subject.
	 * @param string          $message     Text.
	 * @param string|string[] $headers     Headers.
	 * @param string|string[] $attachments Paths of files.
	 * @param string|string[] $embeds      Paths of embedded files.
	 * @return bool Always true.
	 */
	function wp_mail( $to, $subject, $message, $headers = '', $attachments = array(), $embeds = array() ) {
		$mail = compact( 'to', 'subject', 'message', 'headers', 'attachments', 'embeds' );
		do_action( 'wp_mail_succeeded', apply_filters( 'wp_mail', $mail ) );
		return true;
	}
}

/** @param object $phpmailer PHPMailer, ready to send. */
function wordpress_clone_discard_mail( $phpmailer ) {
	if ( is_callable( array( $phpmailer, 'isMail' ) ) ) {
		$phpmailer->isMail();
	}
}

// The last word is ours, whatever the site's plugins answered before.
add_filter( 'pre_wp_mail', '__return_true', PHP_INT_MAX );
add_action( 'phpmailer_init', 'wordpress_clone_discard_mail', PHP_INT_MAX );
