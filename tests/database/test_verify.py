"""`migrator verify` on a finished copy: silent where nothing changed, exact where something did."""

import pytest

from migrator.errors import SettingsInvalid, VerificationFailed
from migrator.verifying import verify_copy
from tests.database.clone import Clone
from tests.database.wordpress_site import site

pytestmark = pytest.mark.database


def verify(clone: Clone) -> None:
    verify_copy(clone.database, clone.root)


def test_a_copy_as_it_was_made_passes_and_nothing_of_it_changes(clone: Clone) -> None:
    clone.start(site())
    before = clone.files(), clone.rows("SHOW TABLES"), clone.rows("CHECKSUM TABLE wp_options, wp_posts")
    verify(clone)
    assert before == (clone.files(), clone.rows("SHOW TABLES"), clone.rows("CHECKSUM TABLE wp_options, wp_posts"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE wp_posts SET post_content = CONCAT(post_content, ' ') WHERE ID = 3",
        "DELETE FROM wp_no_key LIMIT 1",
        "UPDATE wp_options SET option_value = 'x' WHERE option_name = 'blog_public'",
        "DROP TABLE wp_case",
    ],
)
def test_a_table_that_changed_is_found(clone: Clone, statement: str) -> None:
    clone.start(site())
    clone.change(statement)
    with pytest.raises(VerificationFailed) as found:
        verify(clone)
    assert found.value.message == "The copy is not as it was made: 0 files and 1 tables differ."


def test_a_file_that_changed_and_one_that_is_gone_are_found(clone: Clone) -> None:
    clone.start(site())
    changed = clone.root / "wp-load.php"
    changed.write_bytes(b"x" * changed.stat().st_size)
    (clone.root / "index.php").unlink()
    with pytest.raises(VerificationFailed) as found:
        verify(clone)
    assert found.value.message == "The copy is not as it was made: 2 files and 0 tables differ."


def test_without_a_copy_there_is_nothing_to_verify(clone: Clone) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        verify(clone)
    assert refused.value.code == "NO_COPY"
    assert clone.rows("SHOW TABLES") == []
