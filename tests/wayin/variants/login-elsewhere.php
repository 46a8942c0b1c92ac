<?php
/**
 * A login hider of the gentle kind: `wp-login.php` is not there any more, and the admin pages send visitors to the new place.
 */

require_once '/wayin/site/hidden-login.php';
hidden_login( true );
