<?php
/**
 * Sentences in three languages, with the letters that migrations get wrong: umlauts, accents, kana, emoji, quotes.
 */

final class Words {

	private const SENTENCES = array(
		'Im Frühjahr säen wir %s zwischen die Reihen, damit der Boden nicht austrocknet.',
		'Wer %s gießt, sollte es früh am Morgen tun; abends lädt man die Schnecken ein.',
		'„Ohne %s kein Sommer“, sagte schon die Großmutter, und sie hatte recht.',
		'Größe und Süße hängen davon ab, wie viel Sonne %s bekommt – mehr als man denkt.',
		'Au début de l’été, %s fleurit déjà à l’ombre du vieux chêne.',
		'Il suffit d’un peu de patience : %s préfère une terre légère et bien drainée.',
		'On a longtemps cru que %s craignait le gel ; c’est à moitié vrai.',
		'春になると、%s の新しい芽が庭のあちこちに顔を出します。',
		'水やりは朝のうちに。%s は夜の湿気が苦手です。',
		'We tried %s in three beds last year, and the one nobody looked after did best 🌱.',
		'It costs 3 < 5 & less than "a good coffee" to grow %s on a balcony.',
		'The path C:\garden\beds is an old joke here; %s grows in bed no. 7.',
	);

	private const PLANTS = array(
		'Löwenzahn', 'Gänseblümchen', 'Mädesüß', 'Türkenbund', 'Bärlauch', 'Große Klette', 'lavande', 'pâquerette',
		'bruyère', 'églantier', 'あじさい', '朝顔', '菊', 'thyme', 'rosemary', 'sweet pea', 'Fenchel', 'Süßdolde',
	);

	private const TITLES = array(
		'%s im Beet', 'Was %s braucht', '%s für Anfänger', 'Un été avec %s', 'Faut-il tailler %s ?', '%s を育てる',
		'Notes on %s', '%s & other stories', 'Zehn Fragen zu „%s“',
	);

	public function __construct( private Chance $chance ) {}

	public function plant(): string {
		return $this->chance->one( self::PLANTS );
	}

	public function sentence(): string {
		return sprintf( $this->chance->one( self::SENTENCES ), $this->plant() );
	}

	public function paragraph(): string {
		$count = $this->chance->between( 3, 7 );
		return implode( ' ', array_map( fn() => $this->sentence(), range( 1, $count ) ) );
	}

	public function title(): string {
		return sprintf( $this->chance->one( self::TITLES ), $this->plant() );
	}
}
