<?php
/**
 * As much of WordPress as hiding a REST route needs.
 *
 * @package Custom_Migrator
 */

function register_rest_route( string $routes, string $path, array $route ) {
	$GLOBALS['registered_routes'][ "$routes$path" ] = $route;
}

function add_filter( string $hook, callable $callback ) {
	$GLOBALS['registered_filters'][ $hook ] = $callback;
}

function is_user_logged_in(): bool {
	return $GLOBALS['is_user_logged_in'];
}
