"""What hosts put into a site is moved aside, and only that."""

from pathlib import Path

from migrator.finalise.drop_ins import SET_ASIDE, set_aside, set_aside_places
from migrator.local.volume import Volume

HOSTS = ["db.php", "object-cache.php", "mu-plugins/kinsta-mu-plugins.php", "mu-plugins/mu-plugin.php"]
KEPT = ["mu-plugins/own.php", "mu-plugins/kinsta-mu-plugins/shared/cache.php", "plugins/a/db.php", "index.php"]


def test_only_the_hosts_files_are_moved_and_they_can_be_moved_back(tmp_path: Path) -> None:
    volume = Volume(tmp_path)
    volume.claim()
    for name in HOSTS + KEPT:
        volume.put(f"wp-content/{name}".encode(), name.encode(), 1)
    moved = set_aside(volume)
    assert sorted(moved) == sorted(HOSTS)
    for name in HOSTS:
        assert not (tmp_path / "wp-content" / name).exists()
        assert (tmp_path / SET_ASIDE / name).read_text() == name
    assert all((tmp_path / "wp-content" / name).exists() for name in KEPT)
    for place, now in set_aside_places(moved).items():
        volume.move(now, place)
    assert set_aside(volume) == moved


def test_a_second_run_finds_nothing(tmp_path: Path) -> None:
    volume = Volume(tmp_path)
    volume.claim()
    volume.put(b"wp-content/db.php", b"<?php", 1)
    assert set_aside(volume) == ["db.php"]
    assert set_aside(volume) == []
