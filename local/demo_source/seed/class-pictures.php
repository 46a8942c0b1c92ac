<?php
/**
 * The media library: generated photographs and drawings with the sizes that WordPress makes of them.
 */

final class Pictures {

	private const WIDTH  = 1280;
	private const HEIGHT = 853;

	/** Names that a web server has to encode; WordPress would clean them, an import or FTP brings them in. */
	private const FOREIGN = array( 7 => '庭園', 21 => 'Gänseblümchen', 42 => 'café à côté', 77 => 'Größe' );

	private GdImage $grain;

	public function __construct( private Chance $chance, private Words $words ) {
		$this->grain = $this->grain();
	}

	/** @return int[] Numbers of the attachments. */
	public function add( int $count ): array {
		return array_map( fn( $number ) => $this->attach( $number ), range( 1, $count ) );
	}

	private function attach( int $number ): int {
		$date   = sprintf( '%d-%02d-%02d 09:%02d:00', 2021 + $number % 4, 1 + $number % 12, 1 + $number % 28, $number % 60 );
		$folder = wp_upload_dir( substr( $date, 0, 4 ) . '/' . substr( $date, 5, 2 ) );
		$stem   = ( self::FOREIGN[ $number ] ?? 'garden' ) . sprintf( '-%03d', $number );
		$file   = $folder['path'] . '/' . $stem . ( 0 === $number % 20 ? '.png' : '.jpg' );
		$this->draw( $file );
		$id = wp_insert_attachment(
			array(
				'post_title'     => $this->words->plant() . ' ' . $number,
				'post_excerpt'   => $this->words->sentence(),
				'post_mime_type' => wp_check_filetype( $file )['type'],
				'post_date'      => $date,
				'guid'           => $folder['url'] . '/' . basename( $file ),
			),
			$file,
			0,
			true
		);
		if ( is_wp_error( $id ) ) {
			throw new RuntimeException( $id->get_error_message() );
		}
		update_post_meta( $id, '_wp_attachment_image_alt', $this->words->plant() );
		wp_update_attachment_metadata( $id, wp_generate_attachment_metadata( $id, $file ) );
		return $id;
	}

	/** Photographs have grain, which makes them as large as real ones; drawings have flat colours. */
	private function draw( string $file ): void {
		$image = imagecreatetruecolor( self::WIDTH, self::HEIGHT );
		$this->sky( $image );
		for ( $i = 0; $i < 40; $i++ ) {
			$this->blossom( $image );
		}
		if ( str_ends_with( $file, '.png' ) ) {
			imagepng( $image, $file );
			return;
		}
		imagesettile( $image, $this->grain );
		imagefilledrectangle( $image, 0, 0, self::WIDTH, self::HEIGHT, IMG_COLOR_TILED );
		imagejpeg( $image, $file, 80 );
	}

	private function sky( GdImage $image ): void {
		$hue = $this->chance->between( 60, 200 );
		for ( $y = 0; $y < self::HEIGHT; $y++ ) {
			$shade = (int) ( 255 * $y / self::HEIGHT );
			imageline( $image, 0, $y, self::WIDTH, $y, imagecolorallocate( $image, $hue, 255 - (int) ( $shade / 2 ), $shade ) );
		}
	}

	private function blossom( GdImage $image ): void {
		$size  = $this->chance->between( 20, 320 );
		$red   = $this->chance->between( 0, 255 );
		$green = $this->chance->between( 0, 255 );
		$blue  = $this->chance->between( 0, 255 );
		$x     = $this->chance->between( 0, self::WIDTH );
		$y     = $this->chance->between( 0, self::HEIGHT );
		imagefilledellipse( $image, $x, $y, $size, $size, imagecolorallocatealpha( $image, $red, $green, $blue, 60 ) );
	}

	/** A tile of translucent specks. */
	private function grain(): GdImage {
		$tile = imagecreatetruecolor( 256, 256 );
		imagealphablending( $tile, false );
		imagesavealpha( $tile, true );
		for ( $i = 0; $i < 65536; $i++ ) {
			$light = $this->chance->between( 0, 255 );
			imagesetpixel( $tile, $i % 256, $i >> 8, imagecolorallocatealpha( $tile, $light, $light, $light, 118 ) );
		}
		return $tile;
	}
}
