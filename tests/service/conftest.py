from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from index.encoder import Encoder
from service.tokens import add_token
from tests.browsing import Visit, launched
from tests.serving import Served, free_port, start_server, wait_until

ROOT_PATH = "/wenju"


@dataclass(frozen=True)
class Embedded:
    """A server under a path, that two other sites on this machine may ask: a page and a wiki."""

    served: Served
    page_port: int
    wiki_port: int

    @property
    def url(self) -> str:
        """Where it is without any proxy."""
        return self.served.url + ROOT_PATH


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Embedded]:
    page_port, wiki_port = free_port(), free_port()
    origins = f"http://127.0.0.1:{page_port} http://127.0.0.1:{wiki_port}"
    served = start_server(
        tmp_path_factory.mktemp("embedded"),
        *("--root-path", ROOT_PATH, "--allowed-origins", origins),
    )
    wait_until(served, f"{ROOT_PATH}/readyz")
    yield Embedded(served, page_port, wiki_port)
    served.process.terminate()
    served.process.wait(30)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """One browser for a file's tests; Playwright has but one at a time."""
    with launched() as made:
        yield made


@pytest.fixture
def visit(chromium: Any, server: Served) -> Iterator[Visit]:
    """A wide window; at its end nothing must have gone wrong in it."""
    context = chromium.new_context(locale="zh-CN", viewport={"width": 1280, "height": 860})
    made = Visit(context, server.url)
    context.on("page", made.watch)
    yield made
    context.close()
    assert made.faults == []


@dataclass(frozen=True)
class Attacked:
    """A real server that tests may attack and write to: where it is, a token for it, its folder."""

    served: Served
    secret: str
    folder: Path

    @property
    def token(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}


@pytest.fixture(scope="session")
def attacked(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Attacked]:
    """A real server with a token for writing; the shared one stays as it is."""
    folder = tmp_path_factory.mktemp("attacked")
    secret = add_token(folder / "data", "writer", "write")
    served = start_server(folder, "--rate-limit", "0", "--log-format", "json")
    wait_until(served, "/readyz")
    yield Attacked(served, secret, folder)
    served.process.terminate()
    served.process.wait(30)


@pytest.fixture
def writer(attacked: Attacked) -> Iterator[httpx.Client]:
    """A client of that server with its token."""
    url, token = attacked.served.url, attacked.token
    with httpx.Client(base_url=url, headers=token, timeout=120) as client:
        yield client
