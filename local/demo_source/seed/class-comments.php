<?php
/**
 * Comments: answered, waiting, spam.
 */

final class Comments {

	private const NAMES = array( 'Jörg', 'Chloé', 'さくら', 'Zoë', 'Müslüm', 'Anaïs', 'Bob <b>', 'O’Neil' );

	public function __construct( private Chance $chance, private Words $words ) {}

	/** @param int[] $posts Numbers of posts. */
	public function add( array $posts, int $count ): void {
		$threads = array();
		for ( $number = 1; $number <= $count; $number++ ) {
			$post             = $this->chance->one( $posts );
			$parent           = $this->chance->happens( 30 ) ? ( $threads[ $post ] ?? 0 ) : 0;
			$threads[ $post ] = $this->insert( $number, $post, $parent );
		}
	}

	private function insert( int $number, int $post, int $parent ): int {
		$name = $this->chance->one( self::NAMES );
		$date = gmdate( 'Y-m-d H:i:s', gmmktime( 10, $number, 0, 6, 1 + $number, 2023 ) );
		$id   = wp_insert_comment(
			wp_slash(
				array(
					'comment_post_ID'      => $post,
					'comment_parent'       => $parent,
					'comment_author'       => $name,
					'comment_author_email' => "visitor-$number@visitors.example",
					'comment_author_url'   => $this->chance->happens( 20 ) ? DEMO_SOURCE_URL . '/ueber-uns/' : '',
					'comment_author_IP'    => '192.0.2.' . $number % 250,
					'comment_content'      => $this->words->paragraph() . ' ' . DEMO_SOURCE_URL . '/?p=' . $post,
					'comment_date'         => $date,
					'comment_date_gmt'     => $date,
					'comment_approved'     => $this->chance->happens( 90 ) ? '1' : $this->chance->one( array( '0', 'spam' ) ),
				)
			)
		);
		add_comment_meta( $id, 'rating', $this->chance->between( 1, 5 ) );
		return $id;
	}
}
