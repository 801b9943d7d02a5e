"""The server: interface, pages and chat mounted into one application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from service.assembly import Engine, assemble
from service.limits import MAX_JSON, UPLOAD_SPARE, BodyLimit
from service.origins import Origins
from service.prefix import Prefix
from service.settings import Settings


def make_server(settings: Settings) -> FastAPI:
    """Make the application for `settings`. Its model loads once it is started.

    Raises:
        WenjuError: the data directory or the vocabulary cannot be used.

    """
    engine = Engine(assemble(settings), settings)
    from service import api, problems, reader
    from service.chat import mount_chat
    from service.pages import STATIC

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine.start()
        yield

    app = FastAPI(
        title="Wenju 问据",
        summary="Answers from your own documents, each with its exact source.",
        version=_version(),
        docs_url=None,
        redoc_url=None,
        root_path=settings.root_path,
        lifespan=lifespan,
    )
    app.state.engine = engine
    problems.install(app)
    app.add_middleware(BodyLimit, limit_for=lambda path: _limit(path, settings))
    app.add_middleware(Origins, allowed=settings.allowed_origins, root_path=settings.root_path)
    if settings.root_path:
        app.add_middleware(Prefix, root_path=settings.root_path)
    app.include_router(api.router)
    app.include_router(reader.router)
    app.mount("/ui", StaticFiles(directory=STATIC), name="ui")
    mount_chat(app, engine, [*api.router.routes, *reader.router.routes])
    return app


def _limit(path: str, settings: Settings) -> int:
    adds = path.rstrip("/").endswith("/api/documents")
    return settings.max_upload + UPLOAD_SPARE if adds else MAX_JSON


def _version() -> str:
    try:
        return version("wenju")
    except PackageNotFoundError:
        return "0"
