<?php
/**
 * A login hider as WPS Hide Login is: who is not logged in finds neither `wp-login.php` nor the admin pages.
 */

require_once '/wayin/site/hidden-login.php';
hidden_login( false );
