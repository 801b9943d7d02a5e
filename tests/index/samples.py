"""Small documents, and what SQLite and FAISS say about them when asked directly."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from corpus.document import Document
from corpus.loading import load_text
from index.dense import DenseIndex
from index.library import INDEX_FILE, Library
from index.store import FILE_NAME
from index.view import Ranked

Open = Callable[[], Library]
"""Opens the library of a test's directory once more."""

CHIPS = load_text(
    """# 端侧芯片

前言只有一句。

## 瑞芯微

瑞芯微的旗舰芯片是RK3588。它的客户有小米和华为。

## 产量

| 型号 | 出货量 |
|---|---|
| RK3588 | 2.5亿颗 |
| RV1103 | 900万颗 |
""",
    "芯片.md",
)
COOKING = load_text("红烧肉要先焯水。再用小火炖一个小时。\n起锅前收汁。", "菜谱.txt")
TRADITIONAL = load_text("晶體管產業的ＲＫ３５８８晶片。", "傳統.txt")
HEADINGS_ONLY = load_text("# 一\n\n## 二\n", "标题.md")


def note(number: int) -> Document:
    """A short document unlike any other number's."""
    return load_text(f"第{number}号记录写于{number}日。编号是ZX{number:04}。", f"记录{number}.txt")


def ask(directory: Path, query: str) -> list[tuple[Any, ...]]:
    """Rows straight from the directory's SQLite file."""
    with closing(sqlite3.connect(directory / FILE_NAME)) as connection:
        return list(connection.execute(query).fetchall())


def counts(directory: Path) -> dict[str, int]:
    """How many rows each table has."""
    tables = ("documents", "sections", "passages", "sentences")
    return {table: ask(directory, f"SELECT count(*) FROM {table}")[0][0] for table in tables}


def generation(directory: Path) -> int:
    """How many writes the store has seen; 0 when none."""
    rows = ask(directory, "SELECT value FROM meta WHERE key = 'generation'")
    return int(rows[0][0]) if rows else 0


def orphans(directory: Path) -> int:
    """How many rows belong to nothing."""
    queries = (
        "SELECT count(*) FROM sections WHERE document NOT IN (SELECT id FROM documents)",
        "SELECT count(*) FROM passages WHERE document NOT IN (SELECT id FROM documents)",
        "SELECT count(*) FROM sentences WHERE passage NOT IN (SELECT id FROM passages)",
    )
    return sum(ask(directory, query)[0][0] for query in queries)


def assert_index_equals_store(directory: Path) -> None:
    """The FAISS file holds the passages' vectors, all of them and no other."""
    path = directory / INDEX_FILE
    dense = DenseIndex.load(path, int.from_bytes(path.read_bytes()[8:16], "little"))
    assert dense is not None
    rows = ask(directory, "SELECT id, vector FROM passages ORDER BY id")
    assert dense.ids.tolist() == [row[0] for row in rows]
    vectors = np.array([np.frombuffer(row[1], np.float32) for row in rows])
    for vector in vectors:
        np.testing.assert_allclose(dense.scores(vector), vectors @ vector, atol=1e-5)


def rank(library: Library, question: str, limit: int = 5) -> list[Ranked]:
    with library.view() as view:
        vector = view.encoder.encode_queries([question])[0]
        return view.rank(vector, view.segmenter.terms(question), limit)


def assert_after_reading(library: Library, directory: Path) -> None:
    rank(library, "芯片")
    assert_index_equals_store(directory)


def ids(library: Library) -> set[str]:
    """Return the ids of a library's documents."""
    with library.view() as view:
        return {entry.id for entry in view.entries()}
