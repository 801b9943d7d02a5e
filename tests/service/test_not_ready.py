import asyncio
from pathlib import Path

import httpx
from fastapi import FastAPI

from corpus.segmentation import Segmenter
from index.encoder import Encoder
from index.library import Library
from service import api, problems, reader
from service.assembly import Engine, Parts
from service.settings import Settings
from tests.service.test_api import problem


def make(folder: Path, segmenter: Segmenter, model: str = "multilingual-e5-small") -> FastAPI:
    settings = Settings(data=folder / "data", cache=folder / "cache", model=model)
    encoder = Encoder(model, settings.cache)
    library = Library(settings.data, encoder, segmenter)
    app = FastAPI()
    app.state.engine = Engine(Parts(encoder, segmenter, library), settings)
    problems.install(app)
    app.include_router(api.router)
    app.include_router(reader.router)
    return app


def request(app: FastAPI, method: str, path: str, **options: object) -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, **options)  # type: ignore[arg-type]

    return asyncio.run(send())


def test_while_loading_questions_wait_and_the_process_is_up(
    tmp_path: Path, segmenter: Segmenter
) -> None:
    app = make(tmp_path, segmenter)
    assert request(app, "GET", "/healthz").status_code == 200
    assert request(app, "GET", "/api/documents").json() == []
    for method, path, body in [
        ("GET", "/readyz", None),
        ("POST", "/api/ask", {"question": "x"}),
        ("POST", "/api/ask/stream", {"question": "x"}),
        ("POST", "/api/search", {"query": "x"}),
        ("POST", "/api/documents", {"title": "x", "text": "x"}),
    ]:
        response = request(app, method, path, json=body)
        problem(response, 503)
        assert int(response.headers["retry-after"]) > 0
    assert "正在载入" in request(app, "GET", "/search?q=x").text


def test_a_model_that_cannot_be_loaded_is_said_so(tmp_path: Path, segmenter: Segmenter) -> None:
    app = make(tmp_path, segmenter, str(tmp_path / "no-model"))
    app.state.engine._prepare()
    response = request(app, "GET", "/readyz")
    body = problem(response, 503)
    assert "no-model" in body["detail"]
    assert "retry-after" not in response.headers


def test_an_unexpected_error_tells_nothing(tmp_path: Path, segmenter: Segmenter) -> None:
    app = make(tmp_path, segmenter)

    def fail() -> None:
        raise RuntimeError("secret path")

    app.state.engine.require_ready = fail
    response = request(app, "POST", "/api/ask", json={"question": "x"})
    problem(response, 500)
    assert "secret" not in response.text


def test_an_empty_library_refuses_as_empty(
    tmp_path: Path, encoder: Encoder, segmenter: Segmenter
) -> None:
    app = make(tmp_path, segmenter)
    settings = Settings(data=tmp_path / "data", bundled=False)
    library = Library(tmp_path / "data", encoder, segmenter)
    engine = Engine(Parts(encoder, segmenter, library), settings)
    engine._prepare()
    app.state.engine = engine
    body = request(app, "POST", "/api/ask", json={"question": "有什么？"}).json()
    assert (body["answerable"], body["reason"]) == (False, "empty")
    assert request(app, "POST", "/api/search", json={"query": "x"}).json()["hits"] == []
