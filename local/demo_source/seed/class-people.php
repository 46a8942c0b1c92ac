<?php
/**
 * Users with names outside ASCII, in display names and in one login.
 */

final class People {

	/** Login, display name, first name, last name, role. */
	private const PEOPLE = array(
		array( 'redaktion', 'Redaktion', 'Rédaction', 'Übersicht', 'editor' ),
		array( 'juergen', 'Jürgen Müßig', 'Jürgen', 'Müßig', 'author' ),
		array( 'elodie', 'Élodie Lefèvre', 'Élodie', 'Lefèvre', 'author' ),
		array( '山田花子', '山田 花子', '花子', '山田', 'author' ),
		array( 'francois', 'François d’Été', 'François', 'd’Été', 'contributor' ),
		array( 'soeren', 'Søren Ångström 🌻', 'Søren', 'Ångström', 'subscriber' ),
	);

	/** @return int[] Numbers of those who write posts. */
	public function add(): array {
		// Only the strict form of a login is ASCII; sites with other rules for registration exist.
		add_filter( 'sanitize_user', fn( $login, $raw ) => $raw, 10, 2 );
		$writers = array( 1 );
		foreach ( self::PEOPLE as $number => $person ) {
			$id = $this->insert( $number, ...$person );
			if ( in_array( $person[4], array( 'editor', 'author' ), true ) ) {
				$writers[] = $id;
			}
		}
		wp_update_user( array( 'ID' => 1, 'display_name' => 'Käthe Öztürk', 'first_name' => 'Käthe', 'last_name' => 'Öztürk' ) );
		return $writers;
	}

	private function insert( int $number, string $login, string $display, string $first, string $last, string $role ): int {
		$id = wp_insert_user(
			array(
				'user_login'      => $login,
				'user_nicename'   => "person-$number",
				'user_pass'       => wp_generate_password( 40 ),
				'user_email'      => "person-$number@loewenzahn.example",
				'user_url'        => DEMO_SOURCE_URL . "/author/person-$number/",
				'display_name'    => $display,
				'first_name'      => $first,
				'last_name'       => $last,
				'description'     => "$display – " . DEMO_SOURCE_URL . '/',
				'user_registered' => sprintf( '2021-01-%02d 08:00:00', $number + 1 ),
				'role'            => $role,
			)
		);
		if ( is_wp_error( $id ) ) {
			throw new RuntimeException( $id->get_error_message() );
		}
		return $id;
	}
}
