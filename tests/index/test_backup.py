"""Backups: whole, checked, and put back where running readers notice."""

from pathlib import Path

import pytest

from corpus.errors import InvalidInput
from index.backup import back_up, restore
from index.library import Library
from index.store import FILE_NAME
from tests.index.samples import CHIPS, COOKING, Open, assert_index_equals_store, ids, rank


@pytest.fixture
def library(open_library: Open) -> Library:
    return open_library()


def test_there_and_back_under_an_open_library(
    library: Library, directory: Path, tmp_path: Path
) -> None:
    library.add(CHIPS)
    assert back_up(directory, tmp_path / "copy") == 1
    library.add(COOKING)
    rank(library, "芯片")
    with pytest.raises(InvalidInput, match="--force"):
        restore(directory, tmp_path / "copy")
    assert ids(library) == {CHIPS.id, COOKING.id}
    assert restore(directory, tmp_path / "copy", force=True) == 1
    # The library that was open all along.
    assert ids(library) == {CHIPS.id}
    assert len(rank(library, "肉要炖多久？", 9)) == 3
    assert_index_equals_store(directory)
    library.add(COOKING)
    assert ids(library) == {CHIPS.id, COOKING.id}


def test_a_reader_keeps_its_state(library: Library, directory: Path, tmp_path: Path) -> None:
    library.add(CHIPS)
    back_up(directory, tmp_path / "copy")
    library.add(COOKING)
    with library.view() as view:
        restore(directory, tmp_path / "copy", force=True)
        assert len(view.entries()) == 2
    assert ids(library) == {CHIPS.id}


def test_into_an_empty_place(
    library: Library, directory: Path, tmp_path: Path, open_library: Open
) -> None:
    library.add(CHIPS)
    back_up(directory, tmp_path / "copy")
    for file in directory.iterdir():
        file.rename(tmp_path / f"old-{file.name}")
    assert restore(directory, tmp_path / "copy") == 1
    assert ids(open_library()) == {CHIPS.id}


def test_no_file_is_overwritten(library: Library, directory: Path, tmp_path: Path) -> None:
    library.add(CHIPS)
    (tmp_path / "copy").write_text("mine")
    with pytest.raises(InvalidInput, match="exists"):
        back_up(directory, tmp_path / "copy")
    assert (tmp_path / "copy").read_text() == "mine"


@pytest.mark.parametrize("damage", ["cut", "letter", "text"])
def test_a_damaged_copy_changes_nothing(
    library: Library, directory: Path, tmp_path: Path, damage: str
) -> None:
    library.add(CHIPS)
    copy = tmp_path / "copy"
    back_up(directory, copy)
    sound = copy.read_bytes()
    broken = {
        "cut": sound[: len(sound) // 2],
        "letter": sound.replace("旗舰".encode(), "旗航".encode(), 1),
        "text": b"no database",
    }
    copy.write_bytes(broken[damage])
    assert copy.read_bytes() != sound
    before = (directory / FILE_NAME).read_bytes()
    with pytest.raises(InvalidInput, match="no sound backup"):
        restore(directory, copy, force=True)
    assert (directory / FILE_NAME).read_bytes() == before
    assert ids(library) == {CHIPS.id}
    assert not list(directory.glob("*.tmp"))
