<?php
/**
 * Digests of rows, computed by the server: their number and the sum of the CRC32 of their lines.
 *
 * @package Custom_Migrator
 */

namespace Custom_Migrator;

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Asks for digests of ranges of a key, or of buckets where a table has none.
 */
final class Digest {

	/**
	 * To the database.
	 *
	 * @var Connection
	 */
	private $connection;

	/**
	 * Expression of a row's fingerprint.
	 *
	 * @var string
	 */
	private $crc;

	/**
	 * The table, SQL.
	 *
	 * @var string
	 */
	private $from;

	/**
	 * Prepares digests.
	 *
	 * @param Connection $connection  To the database.
	 * @param string     $fingerprint Expression of a row's fingerprint.
	 * @param string     $from        The table, with the index to use, SQL.
	 */
	public function __construct( Connection $connection, string $fingerprint, string $from ) {
		$this->connection = $connection;
		$this->crc        = $fingerprint;
		$this->from       = $from;
	}

	/**
	 * Digests of ranges until the time is over; at least one.
	 *
	 * @param Range[] $ranges The ranges.
	 * @param Budget  $budget Ends it.
	 * @return array[] [rows, sum as decimal text] of each.
	 * @throws Failure `database_error`.
	 */
	public function of_ranges( array $ranges, Budget $budget ): array {
		$digests = array();
		foreach ( $ranges as $range ) {
			if ( array() !== $digests && $budget->is_late() ) {
				break;
			}
			$sql       = "SELECT COUNT(*) AS number, IFNULL(SUM({$this->crc}), 0) AS total FROM {$this->from}" . $range->where();
			$row       = $this->connection->all( $sql )[0];
			$digests[] = array( (int) $row['number'], $row['total'] );
		}
		return $digests;
	}

	/**
	 * Digests of all buckets. The limit keeps the server from writing the line's expression into the outer statement, twice.
	 *
	 * @param int $buckets Into how many the rows are divided by their fingerprints.
	 * @return array[] [rows, sum as decimal text] of each.
	 * @throws Failure `database_error`.
	 */
	public function of_buckets( int $buckets ): array {
		$digests = array_fill( 0, $buckets, array( 0, '0' ) );
		$lines   = "SELECT {$this->crc} AS crc FROM {$this->from} LIMIT " . PHP_INT_MAX;
		$sql     = "SELECT crc MOD $buckets AS bucket, COUNT(*) AS number, SUM(crc) AS total FROM ($lines) AS `lines` GROUP BY bucket";
		foreach ( $this->connection->all( $sql ) as $row ) {
			if ( null !== $row['bucket'] ) {
				$digests[ (int) $row['bucket'] ] = array( (int) $row['number'], $row['total'] );
			}
		}
		return $digests;
	}
}
