"""A document that was extracted comes out of the store with the structure it went in with."""

from pathlib import Path

import numpy as np
import pytest

from corpus.document import Document
from corpus.loading import load_bytes
from corpus.passages import structure
from index import store
from index.prepared import Prepared
from index.reading import read_document
from tests.corpus.files import manual, pdf, word, workbook

RULE = "编号{0}的规定要求员工应当按时到岗并且如实登记自己的工作时间共{0}项。"
PARTS = [
    ("h1", "制度"),
    ("p", "".join(RULE.format(n) for n in range(60))),
    ("h2", "附表"),
    ("table", [["型号", "功率"], ["甲", "一千瓦"], ["乙", "二千瓦"]]),
    ("page", ""),
    ("p", "最后一页。"),
]
SHEETS = {"一": [["名称", "金额"], ["甲", 1]], "二": [["城市", "人口"], ["乙", 2], ["丙", 3]]}


def kept(document: Document, folder: Path) -> Document:
    """The document after it was stored; its vectors do not matter here."""
    parts = structure(document)
    counts = [len(passage.sentences) for passage in parts.passages]
    first = tuple(sum(counts[:place]) for place in range(len(counts)))
    prepared = Prepared(
        document,
        parts,
        ((),) * len(counts),
        np.zeros((len(counts), 4), np.float32),
        ((),) * sum(counts),
        np.zeros((sum(counts), 4), np.float32),
        first,
    )
    opened = store.Store(folder)
    with opened.writing() as connection:
        store.insert(connection, prepared, "2026-01-01T00:00:00+00:00")
    with opened.reading() as connection:
        found = read_document(connection, document.id)
    opened.close()
    return found


@pytest.mark.parametrize("form", ["pdf", "docx", "xlsx", "txt"])
def test_the_same_structure(form: str, tmp_path: Path) -> None:
    content = {
        "pdf": lambda: pdf(PARTS),
        "docx": lambda: word(manual()),
        "xlsx": lambda: workbook(SHEETS),
        "txt": lambda: "一、总则\n正文在此。\n".encode(),
    }[form]()
    document = load_bytes(content, f"甲.{form}")
    found = kept(document, tmp_path)
    assert structure(found) == structure(document)
    assert (found.blocks is None) == (form == "txt")
    assert bool(found.pages) == (form == "pdf")
