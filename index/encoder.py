"""Text to vectors, with any sentence-transformers model."""

import os
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from corpus.errors import ModelError
from corpus.folding import simplify
from index import model as models

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = npt.NDArray[np.float32]
"""Rows of unit length: shape (texts, dimension)."""

BATCH = 8
"""Texts encoded at a time: a question waits for no more than this."""


@dataclass(frozen=True, slots=True)
class Prefixes:
    """What a model family wants written before its inputs."""

    query: str
    passage: str


PREFIXES: tuple[tuple[str, Prefixes], ...] = (
    ("e5-mistral", Prefixes("Instruct: Retrieve passages that answer the query\nQuery: ", "")),
    ("e5-large-instruct", Prefixes("Instruct: Retrieve passages that answer it\nQuery: ", "")),
    ("e5", Prefixes("query: ", "passage: ")),
    ("bge-m3", Prefixes("", "")),
    ("zh-v1.5", Prefixes("为这个句子生成表示以用于检索相关文章：", "")),
    ("en-v1.5", Prefixes("Represent this sentence for searching relevant passages: ", "")),
    ("nomic-embed", Prefixes("search_query: ", "search_document: ")),
    ("snowflake-arctic-embed", Prefixes("query: ", "")),
    ("qwen3-embedding", Prefixes("Instruct: Retrieve passages that answer it\nQuery:", "")),
)
"""Families by a part of the model's name in lower case; the first that matches counts."""


def prefixes_for(model: str) -> Prefixes:
    """Return the prefixes of the family that `model` (a name or a folder) belongs to."""
    name = Path(model).name.lower()
    return next((found for part, found in PREFIXES if part in name), Prefixes("", ""))


class FairLock:
    """A lock that serves whoever waits longest: questions get in between an add's batches."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._held = False

    def __enter__(self) -> None:
        with self._mutex:
            if not self._held:
                self._held = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait()

    def __exit__(self, *_: object) -> None:
        with self._mutex:
            if self._waiting:
                # Handed over while held: nobody can slip in between.
                self._waiting.popleft().set()
            else:
                self._held = False


class Encoder:
    """A sentence-transformers model that loads at first use.

    Args:
        model: `index.model.DEFAULT_MODEL`, a name on a model hub, or a folder.
        cache: where the default model is built.

    Safe to use from several threads; one of them encodes at a time.

    """

    def __init__(self, model: str, cache: Path) -> None:
        self.name = model
        self._cache = cache
        self.prefixes = prefixes_for(model)
        self._lock = FairLock()
        self._loaded: SentenceTransformer | None = None

    def load(self) -> None:
        """Load the model now instead of at first use.

        Raises:
            ModelError: it cannot be found or loaded; the message says what to do.

        """
        with self._lock:
            self._model()

    def dimension(self) -> int:
        """Return the length of this model's vectors."""
        return int(self.encode_queries(["维"]).shape[1])

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors of questions, shape (texts, dimension)."""
        return self._encode([self.prefixes.query + simplify(text) for text in texts])

    def encode_questions(self, texts: Sequence[str]) -> tuple[Vectors, Vectors]:
        """Return unit vectors of questions: as queries have them, and near what answers them.

        Both are the same for a model that has no layers for that. Whether a text is about the same
        as a question the first tell better, which sentence answers it the second.
        """
        # It takes torch, which takes seconds to import.
        from index import query_layers

        layers = query_layers.layers_for(self.name)
        if not texts or not layers:
            plain = self.encode_queries(texts)
            return plain, plain
        with self.network() as (tokenizer, bert):
            asked = [self.prefixes.query + simplify(text) for text in texts]
            return query_layers.encoded(asked, tokenizer, bert, layers)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors of passages, shape (texts, dimension)."""
        return self._encode([self.prefixes.passage + simplify(text) for text in texts])

    def _encode(self, texts: list[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension()), dtype=np.float32)
        with self._lock:
            vectors = self._model().encode(
                texts,
                batch_size=BATCH,
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
        return np.ascontiguousarray(vectors, dtype=np.float32)

    @contextmanager
    def network(self) -> Iterator[tuple[Any, Any]]:
        """Lend the model's tokenizer and its transformer, to one thread at a time."""
        with self._lock:
            model = self._model()
            yield model.tokenizer, model[0].auto_model

    def _model(self) -> "SentenceTransformer":
        if self._loaded is None:
            self._loaded = _load(models.resolve(self.name, self._cache), self.name)
        return self._loaded


def _load(target: str, name: str) -> "SentenceTransformer":
    local = Path(target).is_dir()
    if local:
        # A folder holds all that is needed; without this the libraries still ask their hub.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from sentence_transformers import SentenceTransformer

    arguments: dict[str, Any] = {"device": "cpu", "local_files_only": local}
    try:
        return SentenceTransformer(target, **arguments)
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelError(
            f"The model {name} cannot be loaded: {error}\n"
            'Point the setting `model` to a folder that holds it (model = "/path/to/folder"), '
            "or leave it out for the bundled one."
        ) from error
