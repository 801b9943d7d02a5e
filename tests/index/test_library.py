"""The library: adding, removing, and a search index that always fits the store."""

import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from pathlib import Path

import numpy as np
import pytest

from corpus.document import Document
from corpus.errors import DocumentNotFound, ModelMismatch, StoreError
from corpus.loading import load_text
from corpus.segmentation import Segmenter
from index import library as library_module
from index import store
from index.encoder import Encoder
from index.library import INDEX_FILE, Library
from index.prepared import Prepared
from index.store import FILE_NAME
from tests.index.samples import (
    CHIPS,
    COOKING,
    HEADINGS_ONLY,
    TRADITIONAL,
    Open,
    ask,
    assert_after_reading,
    assert_index_equals_store,
    counts,
    generation,
    note,
    orphans,
    rank,
)

ROOT = Path(library_module.__file__).parents[1]
EMPTY = {"documents": 0, "sections": 0, "passages": 0, "sentences": 0}
REMOVER = """
import sys
from pathlib import Path
from index.store import Store, delete

with Store(Path(sys.argv[1])).writing() as connection:
    delete(connection, sys.argv[2])
"""


@pytest.fixture
def library(open_library: Open) -> Library:
    return open_library()


def best(library: Library, question: str) -> str:
    """The document whose passage comes first."""
    with library.view() as view:
        vector = view.encoder.encode_queries([question])[0]
        return view.hits(view.rank(vector, view.segmenter.terms(question), 1))[0].document


def documents(library: Library) -> set[str]:
    with library.view() as view:
        return {entry.id for entry in view.entries()}


class TestAdding:
    def test_a_document_is_found(self, library: Library, directory: Path) -> None:
        assert library.fresh
        entry, new = library.add(CHIPS)
        assert new
        assert not library.fresh
        assert (entry.id, entry.title, entry.format) == (CHIPS.id, "芯片.md", "markdown")
        assert (entry.characters, entry.passages) == (len(CHIPS.text), 3)
        library.add(COOKING)
        assert best(library, "旗舰芯片是哪一款？") == CHIPS.id
        assert best(library, "肉要炖多久？") == COOKING.id
        assert_index_equals_store(directory)

    def test_the_same_bytes_twice_change_nothing(self, library: Library, directory: Path) -> None:
        first, _ = library.add(CHIPS)
        before = counts(directory), generation(directory)
        renamed = load_text(CHIPS.text, "另一个名字.md")
        assert library.add(renamed) == (first, False)
        assert (counts(directory), generation(directory)) == before

    def test_several_in_one_step(self, library: Library, directory: Path) -> None:
        library.add(COOKING)
        found = library.add_all([CHIPS, COOKING, TRADITIONAL])
        assert [(entry.id, new) for entry, new in found] == [
            (CHIPS.id, True),
            (COOKING.id, False),
            (TRADITIONAL.id, True),
        ]
        assert generation(directory) == 2
        assert library.add_all([]) == []

    def test_one_document_twice_in_one_step(self, library: Library, directory: Path) -> None:
        found = library.add_all([CHIPS, CHIPS])
        assert counts(directory)["documents"] == 1
        assert [new for _, new in found] == [True, False]

    def test_a_document_of_headings_only(self, library: Library) -> None:
        entry, new = library.add(HEADINGS_ONLY)
        assert (entry.passages, new) == (0, True)
        assert rank(library, "一") == []
        library.add(COOKING)
        assert len(rank(library, "小火")) == 1

    def test_characters_outside_the_basic_plane(self, library: Library) -> None:
        document = load_text("𠮷野家的👩\u200d🔬。第二句。", "𠮷.txt")
        entry, _ = library.add(document)
        assert entry.characters == len(document.text)
        with library.view() as view:
            (hit,) = view.hits(view.rank(np.zeros(384, np.float32), ["第二"], 1), ["第二"])
        assert hit.text == document.text[hit.start : hit.end]
        assert [document.text[slice(*found)] for found in hit.highlights] == ["第二"]


class TestRemoving:
    def test_everything_goes(self, library: Library, directory: Path) -> None:
        library.add_all([CHIPS, COOKING])
        library.remove(CHIPS.id)
        assert counts(directory)["documents"] == 1
        assert orphans(directory) == 0
        assert best(library, "旗舰芯片是哪一款？") == COOKING.id
        assert_index_equals_store(directory)
        library.remove(COOKING.id)
        assert counts(directory) == EMPTY
        assert rank(library, "旗舰芯片是哪一款？") == []

    def test_what_is_not_there(self, library: Library, directory: Path) -> None:
        with pytest.raises(DocumentNotFound, match="none"):
            library.remove("none")
        library.add(COOKING)
        before = generation(directory)
        with pytest.raises(DocumentNotFound):
            library.remove(CHIPS.id)
        assert generation(directory) == before

    def test_ids_are_never_used_again(self, library: Library, directory: Path) -> None:
        library.add(CHIPS)
        before = {row[0] for row in ask(directory, "SELECT id FROM passages")}
        library.remove(CHIPS.id)
        library.add(CHIPS)
        after = {row[0] for row in ask(directory, "SELECT id FROM passages")}
        assert len(before) == len(after) == 3
        assert not before & after
        assert generation(directory) == 3


class TestFailure:
    def test_a_failed_add_leaves_nothing(self, library: Library, directory: Path) -> None:
        library.add(COOKING)
        before = counts(directory), generation(directory)
        ask_to_fail = "CREATE TRIGGER fail BEFORE INSERT ON sentences WHEN NEW.kind = 'row' "
        ask(directory, ask_to_fail + "BEGIN SELECT RAISE(ABORT, 'no more'); END")
        with pytest.raises(StoreError, match="no more"):
            library.add_all([TRADITIONAL, CHIPS])
        assert (counts(directory), generation(directory)) == before
        assert documents(library) == {COOKING.id}
        ask(directory, "DROP TRIGGER fail")
        assert library.add(CHIPS)[1]
        assert_after_reading(library, directory)

    def test_an_error_between_the_last_row_and_the_commit(
        self, library: Library, directory: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> None:
            raise RuntimeError("interrupted")

        with monkeypatch.context() as patch:
            patch.setattr(store, "set_meta", fail)
            with pytest.raises(RuntimeError):
                library.add(CHIPS)
        assert counts(directory) == EMPTY
        assert library.fresh
        assert library.add(CHIPS)[1]

    def test_an_index_that_cannot_be_saved_is_only_a_warning(
        self, library: Library, directory: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        (directory / INDEX_FILE).mkdir()
        library.add(CHIPS)
        assert best(library, "旗舰芯片是哪一款？") == CHIPS.id
        assert f"{directory / INDEX_FILE} cannot be saved" in caplog.text
        assert [path.name for path in directory.glob("*.tmp")] == []


class TestOpening:
    def test_what_was_added_before_is_there(self, library: Library, open_library: Open) -> None:
        library.add(CHIPS)
        again = open_library()
        assert not again.fresh
        assert documents(again) == {CHIPS.id}
        assert rank(again, "旗舰芯片") == rank(library, "旗舰芯片")

    def test_another_model_is_refused(
        self, library: Library, directory: Path, quick_encoder: Encoder, segmenter: Segmenter
    ) -> None:
        library.add(COOKING)
        other = Encoder("another/model", directory)
        with pytest.raises(ModelMismatch) as caught:
            Library(directory, other, segmenter)
        assert "another/model" in str(caught.value)
        assert f'model = "{quick_encoder.name}"' in str(caught.value)

    def test_another_model_may_not_write_where_one_wrote_since(
        self, library: Library, directory: Path, quick_encoder: Encoder, segmenter: Segmenter
    ) -> None:
        renamed = copy(quick_encoder)
        renamed.name = "another/model"
        second = Library(directory, renamed, segmenter)
        library.add(COOKING)
        with pytest.raises(ModelMismatch):
            second.add(CHIPS)
        assert documents(library) == {COOKING.id}

    def test_damage_is_a_store_error(self, directory: Path, open_library: Open) -> None:
        directory.mkdir()
        (directory / FILE_NAME).write_bytes(b"no database" * 100)
        with pytest.raises(StoreError, match="is damaged"):
            open_library()

    def test_a_file_in_the_directorys_place(self, directory: Path, open_library: Open) -> None:
        directory.write_text("")
        with pytest.raises(StoreError):
            open_library()


class TestAtOnce:
    def test_a_view_stays_while_a_thread_changes_everything(
        self, library: Library, directory: Path
    ) -> None:
        library.add(CHIPS)

        def change() -> None:
            library.add_all([COOKING, note(1)])
            library.remove(CHIPS.id)
            assert best(library, "旗舰芯片是哪一款？") != CHIPS.id

        with library.view() as view, ThreadPoolExecutor(1) as pool:
            size = len(view)
            pool.submit(change).result(timeout=60)
            assert len(view) == size == 3
            assert [entry.id for entry in view.entries()] == [CHIPS.id]
            assert view.document(CHIPS.id) == CHIPS
            ranked = view.rank(view.encoder.encode_queries(["旗舰芯片"])[0], ["旗舰"], 5)
            assert {hit.document for hit in view.hits(ranked)} == {CHIPS.id}
            assert view.sentences([found.passage for found in ranked])
        assert documents(library) == {COOKING.id, note(1).id}
        assert_after_reading(library, directory)

    def test_a_view_stays_while_a_process_removes(self, library: Library, directory: Path) -> None:
        library.add_all([CHIPS, COOKING])
        with library.view() as view:
            command = [sys.executable, "-c", REMOVER, str(directory), CHIPS.id]
            subprocess.run(command, cwd=ROOT, check=True, timeout=60)
            ranked = view.rank(view.encoder.encode_queries(["旗舰芯片"])[0], ["旗舰"], 1)
            assert view.hits(ranked)[0].document == CHIPS.id
            assert view.document(CHIPS.id) == CHIPS
        assert best(library, "旗舰芯片是哪一款？") == COOKING.id
        assert_index_equals_store(directory)

    def test_six_threads_add_and_lose_nothing(
        self, library: Library, open_library: Open, directory: Path
    ) -> None:
        notes = [note(number) for number in range(6)]
        together = threading.Barrier(6)

        def add(document: Document) -> bool:
            together.wait()
            return library.add(document)[1]

        with ThreadPoolExecutor(6) as pool:
            assert all(pool.map(add, notes))
        assert counts(directory)["documents"] == 6
        assert generation(directory) == 6
        assert best(library, "编号ZX0003") == notes[3].id
        assert documents(open_library()) == {document.id for document in notes}
        assert_index_equals_store(directory)

    def test_one_document_from_six_threads_is_added_once(
        self, library: Library, directory: Path
    ) -> None:
        with ThreadPoolExecutor(6) as pool:
            found = list(pool.map(library.add, [CHIPS] * 6))
        assert sum(new for _, new in found) == 1
        assert {entry.id for entry, _ in found} == {CHIPS.id}
        assert counts(directory) == {"documents": 1, "sections": 3, "passages": 3, "sentences": 6}

    def test_threads_adding_removing_and_reading(self, library: Library, directory: Path) -> None:
        library.add(COOKING)
        done = threading.Event()

        def read() -> int:
            times = 0
            while not done.is_set() or not times:
                assert best(library, "肉要炖多久？") == COOKING.id
                times += 1
            return times

        def churn(number: int) -> None:
            for _ in range(3):
                library.add(note(number))
                library.remove(note(number).id)

        with ThreadPoolExecutor(4) as pool:
            readers = [pool.submit(read) for _ in range(2)]
            writers = [pool.submit(churn, number) for number in range(2)]
            errors = [writer.exception(timeout=120) for writer in writers]
            done.set()
            assert all(reader.result(timeout=60) for reader in readers)
        assert errors == [None, None]
        assert documents(library) == {COOKING.id}
        assert orphans(directory) == 0
        assert_after_reading(library, directory)

    def test_a_slow_reader_leaves_the_newer_index_on_disk(
        self, library: Library, directory: Path
    ) -> None:
        library.add(COOKING)
        with library._store.reading() as connection:
            older = generation(directory)
            assert store.generation(connection) == older
            with ThreadPoolExecutor(1) as other:
                other.submit(library.add, CHIPS).result(timeout=60)
                assert other.submit(best, library, "旗舰芯片").result(timeout=60) == CHIPS.id
            slow = library._current(connection)
        assert slow.generation == older
        assert len(slow.dense.ids) < counts(directory)["passages"]
        assert best(library, "旗舰芯片是哪一款？") == CHIPS.id
        assert_index_equals_store(directory)

    def test_adding_what_another_removes_at_once(
        self, library: Library, directory: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write = Library._write

        def write_and_lose(self: Library, prepared: Sequence[Prepared]) -> object:
            written = write(self, prepared)
            self.remove(COOKING.id)
            return written

        monkeypatch.setattr(Library, "_write", write_and_lose)
        entry, new = library.add(COOKING)
        assert (entry.id, new) == (COOKING.id, True)
        assert counts(directory) == EMPTY
