import asyncio
from pathlib import Path

import gradio
import pytest

from service.front import mend
from service.prefix import Prefix

INDEX = Path(gradio.__file__).parent / "templates" / "frontend" / "index.html"


def test_the_page_of_the_installed_gradio_names_no_other_origin_once_mended() -> None:
    before = INDEX.read_bytes()
    after = mend(before, "zh")
    assert b"https://" in before
    assert b"https://" not in after
    assert b"iframeResizer.contentWindow" not in after
    assert b'lang="zh-CN"' in after
    assert b"<gradio-app" in after
    assert b'<script type="module"' in after


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/docs/search", "/docs/search"),
        ("/docs", "/docs"),
        ("/search", "/docs/search"),
        ("/docsearch", "/docs/docsearch"),
        ("/", "/docs/"),
    ],
)
def test_a_path_that_was_cut_off_is_put_back(path: str, expected: str) -> None:
    seen: list[str] = []

    async def app(scope: object, receive: object, send: object) -> None:
        seen.append(scope["path"])  # type: ignore[index]

    async def nothing(*_: object) -> dict[str, object]:
        return {}

    scope = {"type": "http", "path": path, "raw_path": path.encode()}
    asyncio.run(Prefix(app, "/docs")(scope, nothing, nothing))
    assert seen == [expected]
