"""The dense lane: a FAISS index, derived from the store and stamped with the store's state.

File: 8 bytes magic, 8 bytes stamp, 32 bytes SHA-256 of the rest, then FAISS' own bytes.
Anything that does not match is thrown away and built again from the store.
"""

import hashlib
import logging
import os
import struct
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from index.encoder import Vectors

_log = logging.getLogger(__name__)
_ABANDONED_SECONDS = 600.0
_MAGIC = b"WENJUFX1"
_HEADER = struct.Struct("<8sQ32s")


class DenseIndex:
    """Cosine search over passage vectors, by passage id; immutable once made.

    Args:
        ids: passage ids.
        vectors: their unit vectors, shape (passages, dimension).

    """

    def __init__(self, ids: Sequence[int], vectors: Vectors) -> None:
        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(vectors.shape[1]))
        if len(ids):
            self._index.add_with_ids(vectors, np.asarray(ids, dtype=np.int64))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def ids(self) -> npt.NDArray[np.int64]:
        """Passage ids in the index's own order."""
        return np.asarray(faiss.vector_to_array(self._index.id_map), dtype=np.int64)

    def vectors(self) -> Vectors:
        """Return the vectors, shape (passages, dimension), in `ids` order."""
        flat = self._index.index
        if not len(self):
            return np.zeros((0, self._index.d), dtype=np.float32)
        return np.asarray(faiss.downcast_index(flat).reconstruct_n(0, len(self)), np.float32)

    def scores(self, query: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return the cosine of `query` (shape (dimension,)) and each passage, in `ids` order."""
        order = np.full(len(self), -1.0, dtype=np.float32)
        if not len(self):
            return order
        # Through the inner index, whose labels are places, so that no id needs to be looked up.
        found, places = self._index.index.search(query[None, :], len(self))
        order[places[0]] = found[0]
        return order

    def save(self, path: Path, stamp: int) -> None:
        """Write the index to `path` in one step: temporary file, fsync, rename.

        Raises:
            OSError: the directory cannot be written.

        """
        _sweep(path)
        payload = faiss.serialize_index(self._index).tobytes()
        header = _HEADER.pack(_MAGIC, stamp, hashlib.sha256(payload).digest())
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(header)
                file.write(payload)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
            sync_folder(path.parent)
        except BaseException:
            with suppress(OSError):
                os.unlink(name)
            raise

    @classmethod
    def load(cls, path: Path, stamp: int) -> "DenseIndex | None":
        """Read the index with this stamp, or return None where there is no sound one."""
        try:
            content = path.read_bytes()
        except OSError:
            return None
        if len(content) < _HEADER.size:
            return None
        magic, stamped, digest = _HEADER.unpack_from(content)
        payload = content[_HEADER.size :]
        if magic != _MAGIC or hashlib.sha256(payload).digest() != digest:
            _log.warning("%s is damaged; building it again from the store.", path)
            return None
        if stamped != stamp:
            return None
        loaded = cls.__new__(cls)
        loaded._index = faiss.deserialize_index(np.frombuffer(payload, dtype=np.uint8))
        return loaded


def _sweep(path: Path) -> None:
    """Delete what killed processes left beside `path`, but no file that one may be writing."""
    for left in path.parent.glob(f"{path.name}*.tmp"):
        with suppress(OSError):
            if left.stat().st_mtime < time.time() - _ABANDONED_SECONDS:
                left.unlink()


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` last: its new name is on the disk too (where there is a way)."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
