"""What the full examination finds, and what can be made anew."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from index.doctor import examine
from index.library import Library
from index.store import FILE_NAME
from tests.index.samples import CHIPS, COOKING, Open, assert_index_equals_store, rank


@pytest.fixture
def library(open_library: Open) -> Library:
    made = open_library()
    made.add_all([CHIPS, COOKING])
    rank(made, "芯片")
    return made


def spoil(directory: Path, change: str) -> None:
    with closing(sqlite3.connect(directory / FILE_NAME)) as connection:
        connection.execute(change)
        connection.commit()


def test_a_sound_store_has_no_faults(library: Library, directory: Path) -> None:
    assert examine(directory) == []


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("UPDATE passages SET text = replace(text, '旗舰', '旗航')", "range"),
        ("UPDATE sentences SET end = end + 999 WHERE ordinal = 1", "range"),
        ("UPDATE passages SET vector = zeroblob(1536) WHERE id = 1", "vector"),
        ("UPDATE sentences SET vector = x'00' WHERE ordinal = 1", "vector"),
        ("DELETE FROM sentences WHERE passage = 1", "changed"),
        ("DELETE FROM seals", "unsealed"),
    ],
)
def test_what_is_derived_is_made_anew(
    library: Library, directory: Path, open_library: Open, change: str, kind: str
) -> None:
    spoil(directory, change)
    faults = examine(directory)
    assert kind in {fault.kind for fault in faults}
    assert all(fault.mendable for fault in faults)
    for document in {fault.document for fault in faults}:
        library.mend(document)
    assert examine(directory) == []
    again = open_library()
    rank(again, "芯片")
    assert_index_equals_store(directory)
    with again.view() as view:
        assert view.document(CHIPS.id) == CHIPS


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("UPDATE documents SET text = replace(text, '旗舰', '旗航')", "changed"),
        ("UPDATE documents SET id = '0' WHERE format = 'text'", "orphan"),
    ],
)
def test_what_cannot_be_made_anew_is_said(
    library: Library, directory: Path, change: str, kind: str
) -> None:
    spoil(directory, change)
    faults = [fault for fault in examine(directory) if not fault.mendable]
    assert kind in {fault.kind for fault in faults}


def test_a_file_that_is_no_store(library: Library, directory: Path) -> None:
    spoil(directory, "PRAGMA wal_checkpoint(TRUNCATE)")
    content = (directory / FILE_NAME).read_bytes()
    (directory / FILE_NAME).write_bytes(b"x" * 100 + content[100:])
    assert [fault.kind for fault in examine(directory)] == ["store"]
