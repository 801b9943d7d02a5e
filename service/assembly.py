"""Putting the rooms together: settings in, a working library out."""

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import ModelError, WenjuError
from service.settings import Settings

if TYPE_CHECKING:
    from corpus.segmentation import Segmenter
    from index.encoder import Encoder
    from index.library import Library
    from index.prepared import Progress
    from qa.answer import Answer
    from qa.reader import Reader

_log = logging.getLogger(__name__)

ARTICLES = Path(__file__).resolve().parent.parent / "corpus" / "articles"
"""The articles a new data directory begins with."""

_QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_RUN_HISTORY": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "DO_NOT_TRACK": "1",
}
_OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}


def stay_local(model: str) -> None:
    """Keep the libraries from calling home; must run before they are imported.

    Only a model named on a hub is left the way to that hub.
    """
    from index.model import DEFAULT_MODEL

    local = model == DEFAULT_MODEL or Path(model).expanduser().is_dir()
    for name, value in {**_QUIET, **(_OFFLINE if local else {})}.items():
        os.environ.setdefault(name, value)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a command or a server works with."""

    encoder: "Encoder"
    segmenter: "Segmenter"
    library: "Library"
    reader: "Reader | None" = None


def assemble(settings: Settings) -> Parts:
    """Open the library that `settings` describe. The model is not loaded yet.

    Raises:
        StoreError, ModelMismatch: see `index.library.Library`.
        SettingsError: a vocabulary file cannot be read.

    """
    stay_local(settings.model)
    from corpus.errors import SettingsError
    from corpus.segmentation import Segmenter
    from index.encoder import Encoder
    from index.library import Library

    try:
        segmenter = Segmenter(settings.vocabulary)
    except (OSError, ValueError) as error:
        raise SettingsError(f"vocabulary: a file cannot be read: {error}.") from error
    encoder = Encoder(settings.model, settings.cache)
    library = Library(settings.data, encoder, segmenter)
    return Parts(encoder, segmenter, library, _reader(encoder, settings))


def _reader(encoder: "Encoder", settings: Settings) -> "Reader | None":
    """Return the reader, unless it is switched off or there is none for the encoder."""
    from qa.reader import Reader

    return Reader(encoder) if settings.reader == "on" and Reader.fits(settings.model) else None


def seed(parts: Parts, settings: Settings, progress: "Progress | None" = None) -> None:
    """Give a data directory that was never written to the bundled articles, if they are wanted."""
    if not (settings.bundled and parts.library.fresh):
        return
    from corpus.loading import load_bytes

    for path in sorted(ARTICLES.glob("*.md")):
        _log.info("Adding the bundled article %s.", path.name)
        parts.library.add(load_bytes(path.read_bytes(), path.name), progress)


class Engine:
    """The parts behind a server, which become usable while it is already listening.

    Args:
        parts: the parts; their model is loaded by `start`.
        settings: the settings they were made from.

    Attributes:
        answered: told every question and its answer, to count them.

    """

    def __init__(self, parts: Parts, settings: Settings) -> None:
        self.library = parts.library
        self.reader = parts.reader
        self.settings = settings
        self.answered: Callable[[str, Answer], None] = lambda question, answer: None
        self._parts = parts
        self._ready = threading.Event()
        self._failure: WenjuError | None = None

    def start(self) -> None:
        """Load the model and seed the library in the background."""
        threading.Thread(target=self._prepare, name="wenju-engine", daemon=True).start()

    def _prepare(self) -> None:
        began = time.monotonic()
        try:
            self._parts.encoder.load()
            seed(self._parts, self.settings)
            with self.library.view() as view:
                view.encoder.encode_questions(["准备"])
            if self.reader:
                self.reader.load()
        except WenjuError as error:
            _log.error("Not ready: %s", error)
            self._failure = error
        except Exception as error:
            _log.exception("Not ready.")
            self._failure = ModelError(f"The start failed ({type(error).__name__}); see the log.")
        else:
            self._ready.set()
            _log.info("Ready after %.1f s.", time.monotonic() - began)

    @property
    def ready(self) -> bool:
        """Whether questions can be answered."""
        return self._ready.is_set()

    def require_ready(self) -> None:
        """Return if questions can be answered.

        Raises:
            NotReadyError: not yet; worth trying again in a few seconds.
            WenjuError: why they never will be.

        """
        if self._failure:
            raise self._failure
        if not self.ready:
            raise NotReadyError("The model is still loading; try again in a few seconds.")


class NotReadyError(ModelError):
    """The model is still loading."""
