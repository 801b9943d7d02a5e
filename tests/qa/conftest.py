from collections.abc import Callable

import pytest

from corpus.loading import load_text
from corpus.segmentation import Segmenter
from index.encoder import Encoder
from index.library import Library


@pytest.fixture(scope="session")
def library_of(
    tmp_path_factory: pytest.TempPathFactory, encoder: Encoder, segmenter: Segmenter
) -> Callable[[str], Library]:
    """Make a library that holds one Markdown text."""

    def made(text: str) -> Library:
        library = Library(tmp_path_factory.mktemp("library"), encoder, segmenter)
        library.add(load_text(text, "文本.md", "markdown"))
        return library

    return made
