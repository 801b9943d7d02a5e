"""Files and the library kept alike: added, replaced and removed, with or without doing it."""

from collections import Counter
from pathlib import Path

import pytest

from corpus.segmentation import Segmenter
from index.encoder import Encoder
from index.library import Library
from service.keeping import Keeper, Outcome


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "文档"
    made.mkdir()
    (made / "甲.md").write_text("# 甲\n\n食堂在一楼。\n\n图书馆在三楼。\n", "utf-8")
    (made / "乙.txt").write_text("办公室在五楼。", "utf-8")
    return made


@pytest.fixture
def kept(tmp_path: Path, encoder: Encoder, segmenter: Segmenter) -> Library:
    return Library(tmp_path / "data", encoder, segmenter)


def titles(library: Library) -> set[str]:
    with library.view() as view:
        return {entry.title for entry in view.entries()}


def statuses(outcomes: list[Outcome]) -> Counter[str]:
    return Counter(outcome.status for outcome in outcomes)


def test_a_folder_is_followed(folder: Path, kept: Library) -> None:
    assert statuses(list(Keeper(kept).sync(folder))) == {"added": 2}
    (folder / "甲.md").write_text("# 甲\n\n食堂在二楼。\n\n图书馆在三楼。\n", "utf-8")
    (folder / "乙.txt").unlink()
    (folder / "丙.txt").write_text("车库在地下。", "utf-8")

    planned = list(Keeper(kept, dry_run=True).sync(folder))
    assert statuses(planned) == {"added": 1, "replaced": 1, "removed": 1}
    assert titles(kept) == {"甲", "乙"}

    done = list(Keeper(kept).sync(folder))
    assert statuses(done) == statuses(planned)
    assert titles(kept) == {"甲", "丙"}
    (replaced,) = (outcome for outcome in done if outcome.status == "replaced")
    assert (replaced.embedded, replaced.reused) == (2, 1)
    assert statuses(list(Keeper(kept).sync(folder))) == {"already there": 2}


def test_a_file_is_known_however_it_is_named(
    folder: Path, kept: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(Keeper(kept).add([folder / "乙.txt"]))
    (folder / "乙.txt").write_text("办公室在六楼。", "utf-8")
    monkeypatch.chdir(folder)
    (outcome,) = Keeper(kept).add([Path("乙.txt")])
    assert (outcome.status, outcome.path) == ("replaced", "乙.txt")


def test_what_cannot_be_read_keeps_what_it_had(folder: Path, kept: Library) -> None:
    list(Keeper(kept).sync(folder))
    (folder / "乙.txt").write_bytes(bytes(range(256)) * 40)
    assert statuses(list(Keeper(kept).sync(folder))) == {"already there": 1, "error": 1}
    assert titles(kept) == {"甲", "乙"}


def test_an_unchanged_file_is_not_read_again(folder: Path, kept: Library) -> None:
    keeper = Keeper(kept)
    list(keeper.sync(folder))
    (folder / "乙.txt").unlink()
    assert statuses(list(keeper.sync(folder))) == {"removed": 1}
    assert list(keeper.sync(folder)) == []
