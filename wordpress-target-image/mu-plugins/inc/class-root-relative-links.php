<?php
/**
 * Puts a clone's path before the links of one response that begin with a slash, as the response goes out.
 *
 * Only known attributes of tags change; text, scripts, styles, comments and the contents of form fields do not. What is
 * not complete yet at the end of a part (a tag, a script) waits for the next one.
 */

namespace WordPress_Clone;

final class Root_Relative_Links {

	/** Bytes that may wait for their rest; more than this is a page whose quotes do not match. */
	const LONGEST_WAIT = 1048576;

	/** So many unfinished tags are passed over in a page whose quotes do not match. */
	const MOST_BROKEN = 20;

	/** Attributes of a tag up to its end, as a browser reads them: `>` in quotes does not end it. */
	const ATTRIBUTES = '[^>"\']*+(?:"[^"]*+"[^>"\']*+|\'[^\']*+\'[^>"\']*+)*+>';

	/** Elements whose contents are no tags. */
	const OPAQUE = 'script|style|textarea|title';

	/** Attributes => what is in them. Of `data-` those that the common lazy loaders use. */
	const KINDS = array(
		'href'            => 'url',
		'src'             => 'url',
		'action'          => 'url',
		'formaction'      => 'url',
		'poster'          => 'url',
		'xlink:href'      => 'url',
		'data-src'        => 'url',
		'data-href'       => 'url',
		'data-bg'         => 'url',
		'data-lazy-src'   => 'url',
		'srcset'          => 'set',
		'imagesrcset'     => 'set',
		'data-srcset'     => 'set',
		'data-lazy-srcset' => 'set',
		'style'           => 'style',
	);

	/** @var string[] Patterns by kind, each with what stands before a path's first slash as its only group. */
	private $patterns;

	/** @var string */
	private $path;

	/** @var string What waits for its rest. */
	private $waiting = '';

	/** @param string $path The clone's path, with a slash at its beginning only. */
	public function __construct( $path ) {
		$this->path = $path;
		// A slash at which a path of this host begins; not two (another host's), and not the clone's own path.
		$root           = '/(?![/\\\\])(?!' . preg_quote( substr( $path, 1 ), '~' ) . '(?:[/?\#"\'\s,)&]|$))~i';
		$this->patterns = array(
			'url'   => '~^(["\']?\s*)' . $root,
			'set'   => '~((?:^["\']?|,)\s*)' . $root,
			'style' => '~(url\(\s*(?:["\']|&quot;|&\#0?39;)?)' . $root,
		);
	}

	/**
	 * @param string $part HTML, or what of it is there.
	 * @param bool   $last Whether nothing follows.
	 * @return string What can go out.
	 */
	public function pass( $part, $last ) {
		$done = $this->complete( $this->waiting . $part );
		$last = $last || strlen( $this->waiting ) > self::LONGEST_WAIT;
		for ( $broken = 0; $last && '' !== $this->waiting && $broken < self::MOST_BROKEN; $broken++ ) {
			$done .= '<' . $this->complete( substr( $this->waiting, 1 ) );
		}
		if ( $last ) {
			$done         .= $this->waiting;
			$this->waiting = '';
		}
		return $done;
	}

	/** Forgets what waits: the page is thrown away. */
	public function discard() {
		$this->waiting = '';
	}

	/**
	 * @param string $text HTML.
	 * @return string The same without what is not complete.
	 */
	private function complete( $text ) {
		$this->waiting = '';
		$done = preg_replace_callback(
			'~<!--.*?-->'
			. '|(?<tag><(' . self::OPAQUE . ')\b' . self::ATTRIBUTES . ')(?<content>.*?</\2\s*+>)'
			. '|(?<open><(?!(?:' . self::OPAQUE . ')\b)[a-z]' . self::ATTRIBUTES . ')'
			. '|(?<waiting><(?:[a-z]|!--|!?-?\z).*+)~is',
			array( $this, 'piece' ),
			$text
		);
		// PCRE gave up: better the page as it is than none.
		return null === $done ? $text : $done;
	}

	/**
	 * @param string[] $found A comment, a tag, an element whose contents are no tags, or what is not complete.
	 * @return string
	 */
	private function piece( $found ) {
		if ( ! empty( $found['waiting'] ) ) {
			$this->waiting = $found['waiting'];
			return '';
		}
		if ( ! empty( $found['open'] ) ) {
			return $this->tag( $found['open'] );
		}
		return empty( $found['tag'] ) ? $found[0] : $this->tag( $found['tag'] ) . $found['content'];
	}

	/**
	 * @param string $tag A tag with its attributes.
	 * @return string
	 */
	private function tag( $tag ) {
		if ( ! preg_match( '~[=,("\';]\s*/(?!/)~', $tag ) ) {
			return $tag;
		}
		$attribute = '~(\s)([^\s=/>"\']++)(\s*+=\s*+)("[^"]*+"|\'[^\']*+\'|[^\s>"\']++)~';
		$done      = preg_replace_callback( $attribute, array( $this, 'attribute' ), $tag );
		return null === $done ? $tag : $done;
	}

	/**
	 * @param string[] $found An attribute: space, name, equals sign, value with its quotes.
	 * @return string
	 */
	private function attribute( $found ) {
		$name = strtolower( $found[2] );
		if ( ! isset( self::KINDS[ $name ] ) ) {
			return $found[0];
		}
		$value = preg_replace( $this->patterns[ self::KINDS[ $name ] ], '${1}' . $this->path . '/', $found[4] );
		return $found[1] . $found[2] . $found[3] . $value;
	}
}
