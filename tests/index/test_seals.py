"""A changed letter is refused at the first view; an index that differs is dropped."""

from pathlib import Path

import numpy as np
import pytest

from app import main
from corpus.errors import StoreError
from corpus.segmentation import Segmenter
from index import seals
from index.dense import DenseIndex
from index.encoder import Encoder
from index.library import INDEX_FILE, Library
from index.store import Store, set_meta, stamp
from service.settings import Settings


def test_a_changed_letter_is_not_served(directory: Path, segmenter: Segmenter) -> None:
    made = Store(directory)
    with made.writing() as connection:
        connection.execute(
            "INSERT INTO documents VALUES ('a', '甲', '甲.txt', 'text', '食堂在一楼。', '2025')"
        )
        seals.seal(connection, "a")
    encoder = Encoder(Settings().model, Settings().cache)
    with Library(directory, encoder, segmenter).view() as view:
        assert view.document("a").text == "食堂在一楼。"
    with made.writing() as connection:
        connection.execute("UPDATE documents SET text = '食堂在二楼。'")
    again = Library(directory, encoder, segmenter)
    for _ in range(2):
        with pytest.raises(StoreError, match=r"is damaged \(documents a\)"), again.view():
            pass


def test_repair_drops_an_index_that_differs(directory: Path) -> None:
    made = Store(directory)
    with made.writing() as connection:
        set_meta(connection, "dimension", "8")
    with made.reading() as connection:
        state = stamp(connection)
    DenseIndex([7], np.eye(1, 8, dtype=np.float32)).save(directory / INDEX_FILE, state)
    assert main(["doctor", "--data", str(directory)]) == 3
    assert main(["doctor", "--repair", "--data", str(directory)]) == 0
    assert not (directory / INDEX_FILE).exists()
