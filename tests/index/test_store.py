"""The store: all or nothing, one state for each reader, and damage that is said aloud."""

import pickle
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from corpus.document import Section
from corpus.errors import DocumentNotFound, StoreError
from corpus.segmentation import Segmenter
from index import reading, store
from index.encoder import Encoder
from index.prepared import Prepared, prepare
from index.store import FILE_NAME, Store
from tests.index.samples import CHIPS, COOKING, TRADITIONAL, counts, generation, note, orphans

ROOT = Path(store.__file__).parents[1]
NOW = "2025-01-26T20:00:00.000+00:00"
WRITER = """
import pickle, sys, time
from pathlib import Path
from index import reading, store

directory, start, *files = map(Path, sys.argv[1:])
documents = [pickle.loads(file.read_bytes()) for file in files]
print("ready", flush=True)
while not start.exists():
    time.sleep(0.001)
made = store.Store(directory)
for prepared in documents:
    with made.writing() as connection:
        store.insert(connection, prepared, "2025-01-26T20:00:00.000+00:00")
"""


@pytest.fixture(scope="module")
def prepared(segmenter: Segmenter, quick_encoder: Encoder) -> list[Prepared]:
    return prepare([CHIPS, COOKING, TRADITIONAL], segmenter, quick_encoder)


@pytest.fixture
def filled(tmp_path: Path, prepared: list[Prepared]) -> Store:
    made = Store(tmp_path)
    with made.writing() as connection:
        for each in prepared:
            store.insert(connection, each, NOW)
    return made


class TestReading:
    def test_documents_come_back_as_they_were(self, filled: Store) -> None:
        with filled.reading() as connection:
            for document in (CHIPS, COOKING, TRADITIONAL):
                assert reading.read_document(connection, document.id) == document
            assert [entry.title for entry in reading.read_entries(connection)] == [
                "芯片.md",
                "菜谱.txt",
                "傳統.txt",
            ]
            entry = reading.read_entry(connection, CHIPS.id)
        assert entry is not None
        assert (entry.characters, entry.passages, entry.added_at) == (len(CHIPS.text), 3, NOW)

    def test_sections_and_headings(self, filled: Store, prepared: list[Prepared]) -> None:
        with filled.reading() as connection:
            sections = reading.read_sections(connection, CHIPS.id)
            assert sections == list(prepared[0].structure.sections)
            assert sections[1].path == ("端侧芯片", "瑞芯微")
            assert reading.read_sections(connection, COOKING.id) == [
                Section((), None, 0, 0, len(COOKING.text))
            ]
            assert reading.read_headings(connection) == {
                ("端侧芯片",),
                ("端侧芯片", "瑞芯微"),
                ("端侧芯片", "产量"),
            }

    def test_passages_and_vectors(self, filled: Store, prepared: list[Prepared]) -> None:
        with filled.reading() as connection:
            ids, vectors = reading.read_vectors(connection, 384)
            same_ids, owners, terms = reading.read_terms(connection)
            rows = reading.read_passages(connection, ids)
        assert ids == same_ids == sorted(ids)
        np.testing.assert_array_equal(
            vectors, np.concatenate([each.passage_vectors for each in prepared])
        )
        assert [tuple(each) for each in terms] == [
            words for each in prepared for words in each.passage_terms
        ]
        texts = {each.document.id: each.document.text for each in prepared}
        for number, owner in zip(ids, owners, strict=True):
            row = rows[number]
            assert row["document"] == owner
            assert row["text"] == texts[owner][row["start"] : row["end"]]

    def test_sentences_in_the_order_asked_for(
        self, filled: Store, prepared: list[Prepared]
    ) -> None:
        with filled.reading() as connection:
            ids, _, _ = reading.read_terms(connection)
            found = reading.read_sentences(connection, [ids[2], ids[0]])
        assert [sentence.passage for sentence in found] == [ids[2], ids[2], ids[2], ids[0]]
        for sentence in found:
            assert sentence.text == CHIPS.text[sentence.start : sentence.end]
            assert (sentence.document, sentence.title) == (CHIPS.id, CHIPS.title)
        last = found[2]
        assert (last.kind, last.header, last.text) == ("row", "型号 | 出货量", "RV1103 | 900万颗")
        assert last.section == ("端侧芯片", "产量")
        assert last.heading is not None
        assert CHIPS.text[slice(*last.heading)] == "产量"
        assert last.terms == prepared[0].sentence_terms[-1]
        np.testing.assert_array_equal(last.vector, prepared[0].sentence_vectors[-1])
        assert [part.header for part in found[:2]] == ["", "型号 | 出货量"]

    def test_what_is_not_there(self, filled: Store) -> None:
        with filled.reading() as connection:
            assert reading.read_entry(connection, "none") is None
            assert reading.read_passages(connection, []) == {}
            assert reading.read_sentences(connection, []) == []
            with pytest.raises(DocumentNotFound, match="There is no document none"):
                reading.read_document(connection, "none")

    def test_a_reader_sees_one_state(self, filled: Store, tmp_path: Path) -> None:
        with filled.reading() as connection:
            before = store.generation(connection)
            with ThreadPoolExecutor(1) as pool:
                pool.submit(remove, filled, CHIPS.id).result()
            assert store.generation(connection) == before
            assert reading.read_document(connection, CHIPS.id) == CHIPS
            with filled.reading() as nested:
                assert store.generation(nested) == before
        assert generation(tmp_path) == before + 1
        with filled.reading() as connection, pytest.raises(DocumentNotFound):
            reading.read_document(connection, CHIPS.id)


def remove(made: Store, document: str) -> None:
    with made.writing() as connection:
        store.delete(connection, document)


class TestWriting:
    def test_deleting_takes_everything(self, filled: Store, tmp_path: Path) -> None:
        remove(filled, CHIPS.id)
        assert counts(tmp_path) == {"documents": 2, "sections": 2, "passages": 2, "sentences": 4}
        assert orphans(tmp_path) == 0
        with pytest.raises(DocumentNotFound):
            remove(filled, CHIPS.id)

    def test_ids_are_never_used_again(self, filled: Store, prepared: list[Prepared]) -> None:
        def ids() -> list[int]:
            with filled.reading() as connection:
                return reading.read_terms(connection)[0]

        before = ids()
        for document in (CHIPS, COOKING, TRADITIONAL):
            remove(filled, document.id)
        assert ids() == []
        with filled.writing() as connection:
            store.insert(connection, prepared[0], NOW)
        assert min(ids()) > max(before)

    def test_the_generation_counts_changes(self, filled: Store, tmp_path: Path) -> None:
        before = generation(tmp_path)
        with filled.writing():
            pass
        with pytest.raises(DocumentNotFound):
            remove(filled, "none")
        assert generation(tmp_path) == before
        remove(filled, COOKING.id)
        assert generation(tmp_path) == before + 1

    @pytest.mark.parametrize("error", [RuntimeError("no"), KeyboardInterrupt()])
    def test_an_error_undoes_the_block(
        self, error: BaseException, filled: Store, tmp_path: Path
    ) -> None:
        before = counts(tmp_path), generation(tmp_path)
        with pytest.raises(type(error)):
            remove_and_raise(filled, error)
        assert (counts(tmp_path), generation(tmp_path)) == before
        remove(filled, CHIPS.id)

    def test_an_error_of_sqlite_is_a_store_error(self, filled: Store, tmp_path: Path) -> None:
        before = counts(tmp_path)
        with pytest.raises(StoreError, match=r"wenju\.sqlite: NOT NULL constraint failed"):
            remove_and_insert_half(filled)
        assert counts(tmp_path) == before

    def test_a_full_disk_is_named(self, filled: Store, tmp_path: Path) -> None:
        before = counts(tmp_path)
        with pytest.raises(StoreError, match=r"is full\. Nothing of this change was kept"):
            grow_over_the_limit(filled)
        assert counts(tmp_path) == before

    def test_a_reader_does_not_wait_for_a_writer(self, filled: Store) -> None:
        with filled.writing() as connection:
            store.delete(connection, CHIPS.id)
            with ThreadPoolExecutor(1) as pool:
                assert pool.submit(has, filled, CHIPS.id).result(timeout=5)
        assert not has(filled, CHIPS.id)


def remove_and_raise(made: Store, error: BaseException) -> None:
    with made.writing() as connection:
        store.delete(connection, CHIPS.id)
        raise error


def remove_and_insert_half(made: Store) -> None:
    with made.writing() as connection:
        store.delete(connection, CHIPS.id)
        connection.execute("INSERT INTO passages (document) VALUES (?)", (COOKING.id,))


def grow_over_the_limit(made: Store) -> None:
    with made.writing() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")
        store.set_meta(connection, "much", "字" * 100_000)


def has(made: Store, document: str) -> bool:
    with made.reading() as connection:
        return reading.read_entry(connection, document) is not None


class TestAtOnce:
    def test_threads_open_a_new_directory(self, tmp_path: Path) -> None:
        together = threading.Barrier(6)

        def run(_: int) -> int:
            together.wait()
            made = Store(tmp_path / "new")
            with made.writing() as connection:
                store.set_meta(connection, f"thread {threading.get_ident()}", "was here")
            made.close()
            return 1

        with ThreadPoolExecutor(6) as pool:
            assert sum(pool.map(run, range(6))) == 6
        assert generation(tmp_path / "new") == 6

    def test_processes_fill_a_new_directory(
        self, tmp_path: Path, segmenter: Segmenter, quick_encoder: Encoder
    ) -> None:
        made = prepare([note(n) for n in range(9)], segmenter, quick_encoder)
        files = []
        for number, each in enumerate(made):
            files.append(tmp_path / f"{number}.pickle")
            files[-1].write_bytes(pickle.dumps(each))
        directory, start = tmp_path / "data", tmp_path / "start"
        writers = [
            subprocess.Popen(
                [sys.executable, "-W", "error", "-c", WRITER, directory, start, *files[n::3]],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for n in range(3)
        ]
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
        start.touch()
        assert [writer.communicate(timeout=120) for writer in writers] == [("", "")] * 3
        assert counts(directory) == {
            "documents": 9,
            "sections": 9,
            "passages": 9,
            "sentences": 18,
        }
        assert generation(directory) == 9
        assert orphans(directory) == 0


class TestDamage:
    @pytest.fixture
    def path(self, filled: Store) -> Path:
        filled.close()
        assert filled.path.stat().st_size > 40_000
        return filled.path

    def refused(self, path: Path, content: bytes) -> None:
        path.write_bytes(content)
        with pytest.raises(StoreError, match=r"(?s)is damaged .*Restore it from a backup"):
            Store(path.parent)
        assert path.read_bytes() == content

    def test_another_file_under_its_name(self, path: Path) -> None:
        self.refused(path, b"This is no database, and long enough not to pass for one." * 20)

    def test_half_of_the_file(self, path: Path) -> None:
        content = path.read_bytes()
        self.refused(path, content[: len(content) // 2])

    def test_a_page_of_zeros(self, path: Path) -> None:
        content = path.read_bytes()
        # One that is in use: the middle of the file may belong to a table without rows.
        page = content.index(COOKING.title.encode()) // 4096 * 4096
        self.refused(path, content[:page] + bytes(4096) + content[page + 4096 :])

    def test_a_spoilt_first_page(self, path: Path) -> None:
        content = path.read_bytes()
        self.refused(path, content[:100] + b"\xff" * 400 + content[500:])

    def test_a_newer_schema(self, path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA user_version = 99")
        before = path.read_bytes()
        with pytest.raises(StoreError, match="made by a newer version of wenju; upgrade wenju"):
            Store(path.parent)
        assert path.read_bytes() == before


class TestDirectory:
    def test_it_is_made(self, tmp_path: Path) -> None:
        Store(tmp_path / "新" / "夹").close()
        assert (tmp_path / "新" / "夹" / FILE_NAME).exists()

    def test_a_file_in_its_place(self, tmp_path: Path) -> None:
        (tmp_path / "data").write_text("")
        for directory in (tmp_path / "data", tmp_path / "data" / "deeper"):
            with pytest.raises(StoreError, match="data"):
                Store(directory)

    def test_a_directory_in_the_files_place(self, tmp_path: Path) -> None:
        (tmp_path / FILE_NAME).mkdir()
        with pytest.raises(StoreError, match="cannot be written"):
            Store(tmp_path)
