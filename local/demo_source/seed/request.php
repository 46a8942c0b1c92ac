<?php
/**
 * The request that WordPress believes to answer while it is filled on the command line.
 */

const DEMO_SOURCE_URL = 'http://demo-source.test:8080';

$_SERVER['HTTP_HOST']       = 'demo-source.test:8080';
$_SERVER['SERVER_NAME']     = 'demo-source.test';
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
$_SERVER['REQUEST_METHOD']  = 'GET';
$_SERVER['REQUEST_URI']     = '/';
$_SERVER['REMOTE_ADDR']     = '127.0.0.1';
