"""A server over documents of the repository and a browser to look at it with."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.serving import start_server, wait_until  # noqa: E402

OWN = Path(__file__).with_name("questions")
DOCUMENTS = (OWN / "handbook.md",)
"""What is there beside the bundled article."""
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


@contextmanager
def served() -> Iterator[str]:
    """Yield the address of a server that is ready and stops afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        running = start_server(Path(folder))
        try:
            wait_until(running, "/readyz")
            for path in DOCUMENTS:
                files = {"file": (path.name, path.read_bytes())}
                url = f"{running.url}/api/documents"
                httpx.post(url, files=files, timeout=300).raise_for_status()
            yield running.url
        finally:
            running.process.terminate()
            running.process.wait(30)


@contextmanager
def browsing() -> Iterator[Any]:
    """Yield a Chromium."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS])
        yield browser
        browser.close()
