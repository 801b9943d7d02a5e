"""The encoder: prefixes by family, unit vectors, and clear errors."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import ModelError
from index.encoder import Encoder, FairLock, Prefixes, prefixes_for
from index.model import DEFAULT_MODEL

E5 = Prefixes("query: ", "passage: ")
NONE = Prefixes("", "")
TEXTS = [
    "合同什么时候成立？",
    "自双方当事人签名时合同成立。",
    "红烧肉要先焯水，再用小火炖一个小时。",
]


@pytest.mark.parametrize(
    ("model", "prefixes"),
    [
        (DEFAULT_MODEL, E5),
        ("intfloat/multilingual-e5-small", E5),
        ("/srv/models/multilingual-E5-large/", E5),
        ("BAAI/bge-m3", NONE),
        ("sentence-transformers/all-MiniLM-L6-v2", NONE),
        ("shibing624/text2vec-base-chinese", NONE),
        ("/srv/e5/some-other-model", NONE),
        ("nomic-ai/nomic-embed-text-v1.5", Prefixes("search_query: ", "search_document: ")),
        ("Snowflake/snowflake-arctic-embed-m-v1.5", Prefixes("query: ", "")),
    ],
)
def test_prefixes(model: str, prefixes: Prefixes) -> None:
    assert prefixes_for(model) == prefixes


@pytest.mark.parametrize(
    ("model", "beginning"),
    [
        ("BAAI/bge-small-zh-v1.5", "为这个句子"),
        ("BAAI/bge-large-en-v1.5", "Represent this sentence"),
        ("intfloat/multilingual-e5-large-instruct", "Instruct: "),
        ("intfloat/e5-mistral-7b-instruct", "Instruct: "),
        ("Qwen/Qwen3-Embedding-0.6B", "Instruct: "),
    ],
)
def test_instructions_are_for_questions_only(model: str, beginning: str) -> None:
    prefixes = prefixes_for(model)
    assert prefixes.query.startswith(beginning)
    assert prefixes.passage == ""


class TestVectors:
    @pytest.mark.parametrize("kind", ["encode_queries", "encode_passages"])
    def test_shape_length_and_precision(self, kind: str, encoder: Encoder) -> None:
        vectors = getattr(encoder, kind)([*TEXTS, ""])
        assert vectors.shape == (4, encoder.dimension()) == (4, 384)
        assert vectors.dtype == np.float32
        assert vectors.flags.c_contiguous
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    def test_questions_and_passages_have_prefixes_of_their_own(self, encoder: Encoder) -> None:
        plain = copy(encoder)
        plain.prefixes = NONE
        for kind in ("encode_queries", "encode_passages"):
            prefix = "query: " if kind == "encode_queries" else "passage: "
            np.testing.assert_array_equal(
                getattr(encoder, kind)(TEXTS[:1]), plain.encode_passages([prefix + TEXTS[0]])
            )

    def test_a_question_is_nearest_to_its_answer(self, encoder: Encoder) -> None:
        query = encoder.encode_queries(TEXTS[:1])[0]
        answer, recipe = encoder.encode_passages(TEXTS[1:]) @ query
        assert answer > recipe + 0.03

    def test_script_does_not_matter(self, encoder: Encoder) -> None:
        for encode in (encoder.encode_queries, encoder.encode_passages):
            np.testing.assert_array_equal(encode(["晶體管產業"]), encode(["晶体管产业"]))

    def test_company_does_not_matter(self, encoder: Encoder) -> None:
        together = encoder.encode_passages(TEXTS * 6)
        alone = np.concatenate([encoder.encode_passages([text]) for text in TEXTS])
        np.testing.assert_allclose(together, np.tile(alone, (6, 1)), atol=1e-5)

    def test_threads_share_it(self, encoder: Encoder) -> None:
        alone = [encoder.encode_queries([text]) for text in TEXTS]
        with ThreadPoolExecutor(6) as pool:
            found = list(pool.map(lambda text: encoder.encode_queries([text]), TEXTS * 4))
        for vector, expected in zip(found, alone * 4, strict=True):
            np.testing.assert_array_equal(vector, expected)

    def test_no_texts(self, encoder: Encoder) -> None:
        assert encoder.encode_passages([]).shape == (0, 384)


class TestErrors:
    def test_making_one_loads_nothing(self, tmp_path: Path) -> None:
        assert Encoder("/no/such/model", tmp_path).name == "/no/such/model"

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        encoder = Encoder("/no/such/model", tmp_path)
        for use in (encoder.load, encoder.dimension, lambda: encoder.encode_queries(["甲"])):
            with pytest.raises(ModelError, match="/no/such/model"):
                use()

    @pytest.mark.parametrize("content", ["{}", "no json", '{"model_type": "none"}'])
    def test_a_folder_that_holds_no_model(self, content: str, tmp_path: Path) -> None:
        folder = tmp_path / "broken"
        folder.mkdir()
        (folder / "config.json").write_text(content)
        with pytest.raises(ModelError, match=r"(?s)broken cannot be loaded.*setting `model`"):
            Encoder(str(folder), tmp_path).load()

    def test_an_empty_folder(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError):
            Encoder(str(tmp_path), tmp_path).load()


def test_whoever_waits_longest_is_served_first() -> None:
    lock = FairLock()
    served: list[str] = []
    arrived = threading.Event()

    def ask() -> None:
        arrived.set()
        with lock:
            served.append("question")

    with lock:
        waiting = threading.Thread(target=ask)
        waiting.start()
        arrived.wait()
        while not lock._waiting:
            time.sleep(0.001)
    with lock:
        served.append("next batch")
    waiting.join()
    assert served == ["question", "next batch"]
