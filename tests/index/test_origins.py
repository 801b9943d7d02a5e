"""Documents and the files they come from: replaced in one step, kept as long as one holds them."""

from pathlib import Path

import pytest

from corpus.document import Document
from corpus.errors import DocumentNotFound, DocumentReplaced
from corpus.loading import load_text
from index.library import Library
from tests.index.samples import (
    CHIPS,
    COOKING,
    Open,
    assert_after_reading,
    generation,
    ids,
    note,
    orphans,
    rank,
)

PATH = "/docs/芯片.md"
NEWER = load_text(CHIPS.text.replace("900万颗", "950万颗"), "芯片.md")


@pytest.fixture
def library(open_library: Open) -> Library:
    return open_library()


def test_new_content_takes_the_place_of_the_old(library: Library, directory: Path) -> None:
    first = library.put(CHIPS, PATH)
    assert (first.status, first.reused) == ("added", 0)
    before = generation(directory)
    kept = library.put(NEWER, PATH)
    assert (kept.status, kept.replaced) == ("replaced", (CHIPS.id,))
    assert generation(directory) == before + 1
    assert ids(library) == {NEWER.id}
    assert orphans(directory) == 0
    # One row, and the passage that is its table, are all that changed.
    assert (kept.embedded, kept.reused) == (2, first.embedded - 2)
    with library.view() as view, pytest.raises(DocumentReplaced) as gone:
        view.document(CHIPS.id)
    assert gone.value.replaced_by == NEWER.id
    assert_after_reading(library, directory)


def test_taken_over_vectors_rank_as_new_ones(library: Library) -> None:
    library.put(CHIPS, PATH)
    library.put(NEWER, PATH)
    reused = [found.dense for found in rank(library, "旗舰芯片是哪一款？")]
    library.remove(NEWER.id)
    library.add(NEWER)
    assert reused == pytest.approx([f.dense for f in rank(library, "旗舰芯片是哪一款？")], abs=1e-5)


def test_the_same_again_changes_nothing(library: Library, directory: Path) -> None:
    library.put(CHIPS, PATH)
    before = generation(directory)
    assert library.put(CHIPS, PATH).status == "already there"
    assert generation(directory) == before


def test_pointers_lead_to_the_newest_and_end_with_it(library: Library) -> None:
    for number in range(3):
        library.put(note(number), PATH)
    for number in range(2):
        with pytest.raises(DocumentReplaced) as gone:
            library.remove(note(number).id)
        assert gone.value.replaced_by == note(2).id
    library.put(note(0), PATH)
    assert ids(library) == {note(0).id}
    library.remove(note(0).id)
    with pytest.raises(DocumentNotFound) as absent:
        library.remove(note(1).id)
    assert not isinstance(absent.value, DocumentReplaced)


@pytest.mark.parametrize("other", ["/docs/copy.md", None], ids=["another file", "an upload"])
def test_what_something_else_holds_stays(library: Library, other: str | None) -> None:
    if other:
        library.put(CHIPS, other)
    else:
        library.add(CHIPS)
    library.put(CHIPS, PATH)
    assert library.put(COOKING, PATH).replaced == ()
    assert ids(library) == {CHIPS.id, COOKING.id}
    assert library.forget(PATH) == [COOKING.id]
    assert ids(library) == {CHIPS.id}


def test_uploading_what_a_file_holds_keeps_it(library: Library) -> None:
    library.put(CHIPS, PATH)
    assert library.add(CHIPS)[1] is False
    assert library.forget(PATH) == []
    assert ids(library) == {CHIPS.id}


def test_replacing_by_id(library: Library) -> None:
    library.add(CHIPS)
    assert library.replace(CHIPS.id, CHIPS).status == "already there"
    assert library.replace(CHIPS.id, NEWER).replaced == (CHIPS.id,)
    for missing, kind in ((CHIPS.id, DocumentReplaced), ("none", DocumentNotFound)):
        with pytest.raises(kind):
            library.replace(missing, COOKING)
    assert ids(library) == {NEWER.id}


def test_paths_under_a_folder(library: Library) -> None:
    documents: list[Document] = [note(number) for number in range(3)]
    for document, path in zip(documents, ("/a/1.md", "/a/b/2.md", "/ab/3.md"), strict=True):
        library.put(document, path)
    assert list(library.paths_under(Path("/a"))) == ["/a/1.md", "/a/b/2.md"]
