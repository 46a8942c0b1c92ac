"""What an image's name by content depends on, and on nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.content_hash import base_images, copied_sources, hash_files, hash_words
from local.image_build import Image, superseded

DOCKERFILE = """\
# COPY in a comment
FROM debian:trixie-slim AS build
COPY requirements.lock /src/
RUN pip install \\
    -r /src/requirements.lock
COPY --chown=1:1 pyproject.toml \\
     README.md /src/
FROM build AS web
copy --from=build /opt/venv /opt/venv
ADD ["with space", "/there"]
FROM scratch
FROM other:1
"""


def test_sources_of_a_dockerfile() -> None:
    assert copied_sources(DOCKERFILE) == ["requirements.lock", "pyproject.toml", "README.md", "with space"]


def test_base_images_are_neither_stages_nor_scratch() -> None:
    assert base_images(DOCKERFILE) == ["debian:trixie-slim", "other:1"]


def test_a_base_image_that_is_an_argument() -> None:
    text = "ARG BASE=debian:trixie-slim\nFROM ${BASE} AS runtime\nFROM runtime"
    assert base_images(text) == ["debian:trixie-slim"]
    assert base_images(text, {"BASE": "debian:bullseye-slim"}) == ["debian:bullseye-slim"]


def test_words_do_not_run_into_each_other() -> None:
    assert hash_words(["ab", "c"]) != hash_words(["a", "bc"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "a.py").write_text("a")
    (tmp_path / "code" / "b.py").write_text("b")
    return tmp_path


def content(folder: Path) -> str:
    return hash_files(folder, [folder / "code"])


def test_a_changed_file_changes_the_hash(folder: Path) -> None:
    before = content(folder)
    (folder / "code" / "a.py").write_text("A")
    assert content(folder) != before


def test_a_renamed_file_changes_the_hash(folder: Path) -> None:
    before = content(folder)
    (folder / "code" / "a.py").rename(folder / "code" / "c.py")
    assert content(folder) != before


def test_an_execute_bit_changes_the_hash(folder: Path) -> None:
    before = content(folder)
    (folder / "code" / "a.py").chmod(0o755)
    assert content(folder) != before


def test_leftovers_of_python_do_not(folder: Path) -> None:
    before = content(folder)
    (folder / "code" / "__pycache__").mkdir()
    (folder / "code" / "__pycache__" / "a.pyc").write_text("x")
    assert content(folder) == before


def test_a_missing_source_is_an_error(folder: Path) -> None:
    with pytest.raises(FileNotFoundError):
        hash_files(folder, [folder / "nothing"])


def test_an_image_depends_on_what_it_copies_and_its_stage(folder: Path) -> None:
    dockerfile = folder / "Dockerfile"
    dockerfile.write_text("FROM scratch\nCOPY code/a.py /\n")
    plain = Image("x", "1", dockerfile, folder)
    before = plain.hashed
    (folder / "code" / "b.py").write_text("not copied")
    assert plain.hashed == before
    assert Image("x", "1", dockerfile, folder, target="web").hashed != before
    (folder / "code" / "a.py").write_text("copied")
    assert plain.hashed != before


def test_an_image_that_is_built_anew_takes_no_other_variant_away() -> None:
    old, new, other = "a" * 16, "b" * 16, "c" * 16
    listing = f"{new} 3\n{old} 1\nphp7.4 1\n{other} 2\nphp8.4 2\n"
    assert superseded(listing, "php7.4") == [new, old]
