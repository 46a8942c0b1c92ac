<?php
/**
 * Rewrites rows in the manner of wp-cli's search-replace with its PHP mode: every value is tried with unserialize(),
 * arrays are walked (with a list of those that were met, against loops), strings go through str_replace(), and what was
 * serialized is serialized again.
 *
 * Usage: php rewriting.php ROWS PAIRS; ROWS: a file, one row a line, values in base64 joined by TAB; PAIRS: JSON, old
 * to new. Prints JSON: seconds of wall time and CPU for rewriting alone, and the SHA-256 of all new values.
 */

declare(strict_types=1);

final class Replacer
{
    public function __construct(private array $old, private array $new)
    {
    }

    public function run(mixed $data, bool $serialized = false, int $level = 0, array $seen = []): mixed
    {
        if (is_array($data) || is_object($data)) {
            if (in_array($data, $seen, true)) {
                return $data;
            }
            $seen[] = $data;
        }
        $reporting = error_reporting();
        error_reporting($reporting & ~E_NOTICE & ~E_WARNING);
        $inner = is_string($data) ? @unserialize($data) : false;
        error_reporting($reporting);
        if ($inner !== false) {
            $data = $this->run($inner, true, $level + 1, $seen);
        } elseif (is_array($data)) {
            foreach (array_keys($data) as $key) {
                $data[$key] = $this->run($data[$key], false, $level + 1, $seen);
            }
        } elseif (is_string($data)) {
            $data = str_replace($this->old, $this->new, $data);
        }
        return $serialized ? serialize($data) : $data;
    }
}

function cpu_seconds(): float
{
    $usage = getrusage();
    return $usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec']
        + ($usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec']) / 1e6;
}

$rows = [];
foreach (file($argv[1], FILE_IGNORE_NEW_LINES) as $line) {
    $rows[] = array_map('base64_decode', explode("\t", $line));
}
$pairs = json_decode($argv[2], true);
$replacer = new Replacer(array_keys($pairs), array_values($pairs));

$wall = hrtime(true);
$cpu = cpu_seconds();
foreach ($rows as $number => $row) {
    foreach ($row as $column => $value) {
        $rows[$number][$column] = $replacer->run($value);
    }
}
$cpu = cpu_seconds() - $cpu;
$wall = (hrtime(true) - $wall) / 1e9;

$hash = hash_init('sha256');
foreach ($rows as $row) {
    hash_update($hash, implode("\t", $row) . "\n");
}
echo json_encode(['wall' => $wall, 'cpu' => $cpu, 'sha256' => hash_final($hash)]);
