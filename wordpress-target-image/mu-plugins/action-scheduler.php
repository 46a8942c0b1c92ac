<?php
/**
 * Nothing of Action Scheduler's queue runs in a clone.
 *
 * Its runner is started by WP-Cron (never due here, see cron.php), and by requests of the admin pages to themselves.
 * Both end at the same question, whether there is room for another batch; the answer is no. So renewals, webhooks and
 * newsletters that the source has queued stay queued. "Run" on its admin page runs one action by hand, as one asks for.
 */

add_filter( 'action_scheduler_allow_async_request_runner', '__return_false', PHP_INT_MAX );
add_filter( 'action_scheduler_queue_runner_concurrent_batches', '__return_zero', PHP_INT_MAX );
// Versions whose runner asks for the size only.
add_filter( 'action_scheduler_queue_runner_batch_size', '__return_zero', PHP_INT_MAX );
