"""The FAISS file: derived, so whatever befalls it, what is found stays the same."""

from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.loading import load_text
from index.library import INDEX_FILE, Library
from index.store import FILE_NAME
from index.view import Ranked
from tests.index.samples import (
    CHIPS,
    COOKING,
    TRADITIONAL,
    Open,
    assert_index_equals_store,
    note,
    rank,
)


@pytest.fixture
def library(open_library: Open) -> Library:
    return open_library()


class TestIndexFile:
    QUESTIONS = ("旗舰芯片是哪一款？", "肉要炖多久？", "RV1103 出货量")

    @pytest.fixture
    def path(self, library: Library, directory: Path) -> Path:
        library.add_all([CHIPS, COOKING])
        rank(library, "芯片")
        return directory / INDEX_FILE

    def answers(self, library: Library) -> list[list[Ranked]]:
        return [rank(library, question) for question in self.QUESTIONS]

    @pytest.mark.parametrize(
        "damage",
        [
            Path.unlink,
            lambda path: path.write_bytes(b""),
            lambda path: path.write_bytes(path.read_bytes()[:-100]),
            lambda path: path.write_bytes(path.read_bytes()[:60] + b"\xff" * 500),
        ],
        ids=["deleted", "emptied", "truncated", "overwritten"],
    )
    def test_damage_is_mended(
        self,
        damage: Callable[[Path], object],
        path: Path,
        library: Library,
        open_library: Open,
    ) -> None:
        expected = self.answers(library)
        sound = path.read_bytes()
        damage(path)
        assert self.answers(open_library()) == expected
        assert path.read_bytes() == sound

    def test_an_older_generations_file_is_replaced(
        self, path: Path, library: Library, open_library: Open, directory: Path
    ) -> None:
        older = path.read_bytes()
        library.add(TRADITIONAL)
        expected = self.answers(library)
        path.write_bytes(older)
        assert self.answers(open_library()) == expected
        assert_index_equals_store(directory)

    def test_a_file_left_by_another_store_is_replaced(
        self, path: Path, directory: Path, open_library: Open
    ) -> None:
        for file in directory.glob(f"{FILE_NAME}*"):
            file.unlink()
        other = open_library()
        # As many passages, and as many writes, as the store that was there before.
        other.add_all([load_text(CHIPS.text.replace("芯片", "耳机"), "耳机.md"), note(1)])
        rank(other, "耳机")
        assert_index_equals_store(directory)

    def test_it_is_read_again_only_when_something_changed(
        self, path: Path, library: Library, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delattr(Library, "_build")
        assert rank(library, "芯片")
        monkeypatch.undo()
        library.remove(COOKING.id)
        assert len(rank(library, "芯片")) == 3
