"""The default model's data file, read, and written as a sentence-transformers folder.

The folder's matrices are stored in float16 (a rounding some hundred times finer than the 4-bit
steps they come from), its vectors and small tables in float32; `config.json` asks for float32 when
loading.
"""

import json
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers
from tokenizers.models import Unigram
from tokenizers.processors import TemplateProcessing
from tqdm import tqdm

MARKER = "complete.json"
"""File name → size in bytes, for all files; written last, so a folder that has it is whole."""

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


def write_model(data: bytes, folder: Path, name: str) -> None:
    """Write every file of the sentence-transformers folder, the marker last.

    Args:
        data: the data file's bytes, already verified.
        folder: an empty folder.
        name: shown beside the progress bar.

    Raises:
        ModelError: the weights cannot be written.

    """
    with tqdm(total=4, desc=name, unit="step", leave=False, disable=None) as bar:
        config, at = _read_config(data)
        pieces, at = _read_pieces(data, at)
        (folder / "tokenizer.json").write_text(_tokenizer(pieces).to_str(), "utf-8")
        bar.update()
        tensors = dict(_read_tensors(data, at, config["hidden_size"]))
        bar.update()
        _save_weights(tensors, folder / "model.safetensors")
        bar.update()
        for file, value in _settings(config).items():
            _write_json(folder / file, value)
        files = [path for path in folder.rglob("*") if path.is_file()]
        sizes = {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}
        _write_json(folder / MARKER, sizes)
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
