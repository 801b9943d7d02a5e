"""A server in this process, guards and routes as they are, without the chat page or a model."""

from pathlib import Path

import pytest
from fastapi import FastAPI

from corpus.segmentation import Segmenter
from index.encoder import Encoder
from index.library import Library
from service.assembly import Parts
from service.server import make_server
from service.settings import Settings

HERE = "http://127.0.0.1:7860"
FAR = ("203.0.113.5", 4000)
NEAR = ("127.0.0.1", 4000)


def unloaded_server(
    patch: pytest.MonkeyPatch, segmenter: Segmenter, data: Path, **settings: object
) -> FastAPI:
    """Make the server; making Gradio's page and the segmenter anew would take seconds each time."""
    chosen = Settings(data=data, bundled=False, **settings)  # type: ignore[arg-type]

    def parts(settings: Settings) -> Parts:
        encoder = Encoder(settings.model, settings.cache)
        return Parts(encoder, segmenter, Library(settings.data, encoder, segmenter))

    patch.setattr("service.server.assemble", parts)
    patch.setattr("service.chat.mount_chat", lambda app, engine, routes: None)
    return make_server(chosen)
