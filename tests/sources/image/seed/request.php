<?php
/**
 * The request that WordPress believes to answer on the command line, and where WordPress is.
 */

$source_site_url   = parse_url( getenv( 'SITE_URL' ) );
$source_site_files = 'debian' === getenv( 'SITE_LAYOUT' ) ? '/usr/share/wordpress' : '/var/www/html' . getenv( 'SITE_CORE' );

$_SERVER['HTTP_HOST']       = $source_site_url['host'];
$_SERVER['SERVER_NAME']     = $source_site_url['host'];
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
$_SERVER['REQUEST_METHOD']  = 'GET';
$_SERVER['REQUEST_URI']     = '/';
$_SERVER['REMOTE_ADDR']     = '127.0.0.1';
if ( 'https' === $source_site_url['scheme'] ) {
	$_SERVER['HTTPS'] = 'on';
}
