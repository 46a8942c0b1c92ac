<?php
/**
 * Blocks as the editor saves them: HTML between comments, attributes as JSON in the comments.
 */

final class Blocks {

	/** @param int[] $pictures Numbers of attachments. */
	public function __construct( private Chance $chance, private Words $words, private array $pictures ) {}

	/** The content of one article. */
	public function article(): string {
		$blocks = array( $this->paragraph(), $this->heading(), $this->image(), $this->paragraph() );
		$more   = array( 'columns', 'buttons', 'cover', 'gallery', 'media_text', 'quote', 'teaser', 'social', 'listing' );
		foreach ( $this->chance->some( $more, 3 ) as $kind ) {
			$blocks[] = $this->$kind();
			$blocks[] = $this->paragraph();
		}
		return implode( "\n\n", $blocks );
	}

	public function paragraph(): string {
		$link = sprintf( ' <a href="%s/?s=%s">%s</a>', DEMO_SOURCE_URL, rawurlencode( $this->words->plant() ), $this->words->plant() );
		return $this->block( 'paragraph', array(), '<p>' . esc_html( $this->words->paragraph() ) . $link . '</p>' );
	}

	public function heading(): string {
		return $this->block( 'heading', array(), '<h2 class="wp-block-heading">' . esc_html( $this->words->title() ) . '</h2>' );
	}

	public function image(): string {
		$id   = $this->chance->one( $this->pictures );
		$html = sprintf(
			'<figure class="wp-block-image size-large"><a href="%s"><img src="%s" alt="%s" class="wp-image-%d"/></a></figure>',
			esc_url( wp_get_attachment_url( $id ) ),
			esc_url( wp_get_attachment_image_url( $id, 'large' ) ),
			esc_attr( $this->words->plant() ),
			$id
		);
		return $this->block( 'image', array( 'id' => $id, 'sizeSlug' => 'large', 'linkDestination' => 'media' ), $html );
	}

	public function columns(): string {
		$column = fn() => $this->block( 'column', array(), '<div class="wp-block-column">' . $this->image() . "\n" . $this->paragraph() . '</div>' );
		return $this->block( 'columns', array(), '<div class="wp-block-columns">' . $column() . "\n" . $column() . '</div>' );
	}

	public function buttons(): string {
		$url    = DEMO_SOURCE_URL . '/kontakt/?from=' . $this->chance->between( 1, 999 );
		$html   = '<div class="wp-block-button"><a class="wp-block-button__link wp-element-button" href="' . esc_url( $url ) . '">Zum Hofladen</a></div>';
		$button = $this->block( 'button', array( 'url' => $url, 'text' => 'Zum Hofladen' ), $html );
		return $this->block( 'buttons', array( 'layout' => array( 'type' => 'flex' ) ), '<div class="wp-block-buttons">' . $button . '</div>' );
	}

	public function cover(): string {
		$id   = $this->chance->one( $this->pictures );
		$url  = wp_get_attachment_url( $id );
		$html = sprintf(
			'<div class="wp-block-cover"><img class="wp-block-cover__image-background wp-image-%d" alt="" src="%s" data-object-fit="cover"/><span aria-hidden="true" class="wp-block-cover__background has-background-dim"></span><div class="wp-block-cover__inner-container">%s</div></div>',
			$id,
			esc_url( $url ),
			$this->heading()
		);
		return $this->block( 'cover', array( 'url' => $url, 'id' => $id, 'dimRatio' => 50 ), $html );
	}

	public function gallery(): string {
		$images = implode( "\n", array( $this->image(), $this->image(), $this->image() ) );
		return $this->block( 'gallery', array( 'linkTo' => 'media' ), '<figure class="wp-block-gallery has-nested-images columns-default is-cropped">' . $images . '</figure>' );
	}

	public function media_text(): string {
		$id   = $this->chance->one( $this->pictures );
		$html = sprintf(
			'<div class="wp-block-media-text is-stacked-on-mobile"><figure class="wp-block-media-text__media"><img src="%s" alt="" class="wp-image-%d size-full"/></figure><div class="wp-block-media-text__content">%s</div></div>',
			esc_url( wp_get_attachment_url( $id ) ),
			$id,
			$this->paragraph()
		);
		return $this->block( 'media-text', array( 'mediaId' => $id, 'mediaLink' => get_attachment_link( $id ), 'mediaType' => 'image' ), $html );
	}

	public function quote(): string {
		$text = '<!-- wp:paragraph --><p>' . esc_html( $this->words->sentence() ) . '</p><!-- /wp:paragraph -->';
		return $this->block( 'quote', array(), '<blockquote class="wp-block-quote">' . $text . '<cite>Käthe</cite></blockquote>' );
	}

	public function teaser(): string {
		$attributes = array(
			'link'  => DEMO_SOURCE_URL . '/termine/?event=' . $this->chance->between( 1, 60 ),
			'cover' => wp_get_attachment_image_url( $this->chance->one( $this->pictures ), 'medium' ),
			'label' => $this->words->title() . ' -- "jetzt" & später',
		);
		return get_comment_delimited_block_content( 'demo-events/teaser', $attributes, '' );
	}

	public function social(): string {
		$link = get_comment_delimited_block_content( 'core/social-link', array( 'url' => DEMO_SOURCE_URL . '/feed/', 'service' => 'feed' ), '' );
		return $this->block( 'social-links', array(), '<ul class="wp-block-social-links">' . $link . '</ul>' );
	}

	public function listing(): string {
		$item = fn() => $this->block( 'list-item', array(), '<li>' . esc_html( $this->words->sentence() ) . '</li>' );
		return $this->block( 'list', array(), '<ul class="wp-block-list">' . $item() . $item() . $item() . '</ul>' );
	}

	private function block( string $name, array $attributes, string $html ): string {
		return get_comment_delimited_block_content( $name, $attributes, "\n$html\n" );
	}
}
