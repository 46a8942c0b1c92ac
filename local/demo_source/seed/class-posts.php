<?php
/**
 * The journal: posts with categories, tags, featured pictures and metadata, over four years.
 */

final class Posts {

	private const CATEGORIES = array( 'Gemüse', 'Kräuter', 'Blüten & Blätter', 'Über uns', 'À la une', '庭', 'Tipps', 'Märkte' );

	/** @var int[] */
	private array $categories;

	/**
	 * @param int[] $pictures Numbers of attachments.
	 * @param int[] $people   Numbers of authors.
	 */
	public function __construct(
		private Chance $chance,
		private Words $words,
		private Blocks $blocks,
		private array $pictures,
		private array $people
	) {
		$this->categories = array_map( fn( $name ) => wp_insert_term( $name, 'category' )['term_id'], self::CATEGORIES );
	}

	/** @return int[] Numbers of the posts. */
	public function add( int $count ): array {
		$posts = array_map( fn( $number ) => $this->insert( $number ), range( 1, $count ) );
		stick_post( $posts[ $count - 1 ] );
		return $posts;
	}

	private function insert( int $number ): int {
		$title = $this->words->title();
		$id    = wp_insert_post(
			wp_slash(
				array(
					'post_title'     => $title,
					'post_name'      => sanitize_title( "$number-" . remove_accents( $title ) ),
					'post_content'   => $this->blocks->article(),
					'post_excerpt'   => $this->words->sentence(),
					'post_status'    => 'publish',
					'post_author'    => $this->chance->one( $this->people ),
					'post_date'      => gmdate( 'Y-m-d H:i:s', gmmktime( 7, $number, 0, 1, 1 + 5 * $number, 2021 ) ),
					'post_category'  => $this->chance->some( $this->categories, 2 ),
					'tags_input'     => array( $this->words->plant(), $this->words->plant() ),
					'comment_status' => 'open',
					'ping_status'    => 'closed',
				)
			),
			true
		);
		if ( is_wp_error( $id ) ) {
			throw new RuntimeException( $id->get_error_message() );
		}
		set_post_thumbnail( $id, $this->chance->one( $this->pictures ) );
		$this->describe( $id );
		return $id;
	}

	private function describe( int $id ): void {
		$picture = fn( $number ) => array( 'url' => wp_get_attachment_url( $number ), 'caption' => $this->words->plant() );
		if ( $this->chance->happens( 40 ) ) {
			update_post_meta( $id, '_demo_gallery', array_map( $picture, $this->chance->some( $this->pictures, 3 ) ) );
		}
		$layout = array( array( 'type' => 'link', 'settings' => array( 'url' => get_permalink( $id ), 'text' => $this->words->title() ) ) );
		update_post_meta( $id, '_demo_layout', wp_slash( wp_json_encode( $layout ) ) );
	}
}
