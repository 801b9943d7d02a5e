"""The server: interface, pages and chat mounted into one application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI

from service.access import check_start
from service.assembly import Engine, assemble
from service.guards import guard
from service.settings import Settings


def make_server(settings: Settings) -> FastAPI:
    """Make the application for `settings`. Its model loads once it is started.

    Raises:
        WenjuError: the data directory or the vocabulary cannot be used, or the server would be
            open to a whole network without anyone having said so.

    """
    check_start(settings)
    engine = Engine(assemble(settings), settings)
    from service import api, metrics, problems, reader, signing
    from service.assets import Assets
    from service.chat import mount_chat

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
        lifespan=lifespan,
    )
    app.state.engine = engine
    problems.install(app)
    guard(app, engine)
    app.include_router(api.router)
    app.include_router(reader.router)
    app.include_router(signing.router)
    app.include_router(metrics.router)
    app.mount("/ui", Assets(), name="ui")
    mount_chat(app, engine, [*api.router.routes, *reader.router.routes, *signing.router.routes])
    return app


def _version() -> str:
    try:
        return version("wenju")
    except PackageNotFoundError:
        return "0"
