<?php foreach ( glob( '/opt/wordpress-clone/mu-plugins/*.php' ) ?: array() as $wordpress_clone_file ) { require_once $wordpress_clone_file; }
