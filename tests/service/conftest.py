from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from index.encoder import Encoder
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
