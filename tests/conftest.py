from collections.abc import Iterator

import httpx
import pytest

from corpus.loading import load_file
from corpus.segmentation import Segmenter
from index.encoder import Encoder
from index.library import Library
from service.assembly import stay_local
from service.settings import Settings
from tests.serving import ARTICLE, Served, start_server, wait_until

stay_local(Settings().model)


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The real default model, unpacked once into the ordinary cache."""
    made = Encoder(Settings().model, Settings().cache)
    made.load()
    return made


@pytest.fixture(scope="session")
def segmenter() -> Segmenter:
    return Segmenter()


@pytest.fixture(scope="session")
def library(
    tmp_path_factory: pytest.TempPathFactory, encoder: Encoder, segmenter: Segmenter
) -> Library:
    """A library that holds the bundled article."""
    made = Library(tmp_path_factory.mktemp("library"), encoder, segmenter)
    made.add(load_file(ARTICLE))
    return made


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Served]:
    """A real server over the bundled article."""
    served = start_server(tmp_path_factory.mktemp("server"))
    wait_until(served, "/readyz")
    yield served
    served.process.terminate()
    served.process.wait(30)


@pytest.fixture
def client(server: Served) -> Iterator[httpx.Client]:
    """A client of the real server."""
    with httpx.Client(base_url=server.url, timeout=120) as made:
        yield made
