"""Sites that the widget is put on: plain pages, and a real DokuWiki."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx

from tests.serving import ROOT, free_port

DOKUWIKI = Path("/usr/share/dokuwiki")
RECIPES = ROOT / "docs" / "embedding.md"
EXAMPLE = "https://wenju.example"
"""The server's address as the recipes write it."""
_STORES = "attic cache index locks log media media_attic media_meta meta pages tmp"
_START_SECONDS = 30.0
_PAGE = """====== 端侧AI ======

这一页由维基的编辑写成，问答框是从下面的链接变来的。

[[{server}/embed|问文档]]

===== 芯片厂商 =====

  * 瑞芯微
  * 全志科技

<html><script>window.broken = true</script></html>
"""


@dataclass(frozen=True)
class Site:
    """A site that is being served."""

    origin: str


def recipe(name: str, server: str, guide: Path = RECIPES) -> str:
    """Return the code block of a guide that follows `<!-- recipe: name -->`, for `server`."""
    found = re.search(
        rf"<!-- recipe: {re.escape(name)} -->\n+```\w*\n(.*?)```",
        guide.read_text(encoding="utf-8"),
        re.DOTALL,
    )
    assert found, f"{guide} has no recipe {name}"
    return found[1].replace(EXAMPLE, server)


@contextmanager
def plain_site(pages: Mapping[str, tuple[str, Mapping[str, str]]], port: int) -> Iterator[Site]:
    """Serve HTML pages, each with its own headers, by their paths."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            html, headers = pages.get(self.path.split("?")[0], ("", {}))
            self.send_response(200 if html else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    served = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    Thread(target=served.serve_forever, daemon=True).start()
    yield Site(f"http://127.0.0.1:{port}")
    served.shutdown()
    served.server_close()


def has_dokuwiki() -> bool:
    """Tell whether Debian's DokuWiki and PHP are there."""
    return DOKUWIKI.is_dir() and shutil.which("php") is not None


@contextmanager
def dokuwiki(folder: Path, server: str, port: int) -> Iterator[Site]:
    """Serve a copy of Debian's DokuWiki with the widget of `server`, put in by the recipe."""
    root = _install(folder, server)
    # Workers, as a browser asks for several things at once.
    environment = {**os.environ, "PHP_CLI_SERVER_WORKERS": "4"}
    log = (folder / "php.log").open("wb")
    command = ["php", "-S", f"127.0.0.1:{port}", "-t", str(root)]
    process = subprocess.Popen(
        command, env=environment, stdout=log, stderr=log, start_new_session=True
    )
    try:
        _wait(f"http://127.0.0.1:{port}/doku.php", process)
        yield Site(f"http://127.0.0.1:{port}")
    finally:
        # The workers are the process's children and do not end with it.
        os.killpg(process.pid, 15)
        process.wait(10)
        log.close()


def _install(folder: Path, server: str) -> Path:
    """Copy DokuWiki, with pages, data and the recipe of its own; the system's stays as it is."""
    root, settings, data = folder / "dokuwiki", folder / "conf", folder / "data"
    shutil.copytree(DOKUWIKI, root)
    shutil.copytree("/etc/dokuwiki", settings)
    for store in _STORES.split():
        (data / store).mkdir(parents=True)
    preload = f"<?php\ndefine('DOKU_CONF', '{settings}/');\n"
    (root / "inc" / "preload.php").write_text(preload, encoding="utf-8")
    local = "<?php\n$conf['title'] = '内部维基';\n$conf['lang'] = 'zh';\n$conf['useacl'] = 0;\n"
    local += f"$conf['savedir'] = '{data}';\n"
    (settings / "local.php").write_text(local, encoding="utf-8")
    (settings / "userscript.js").write_text(recipe("dokuwiki", server), encoding="utf-8")
    pages = {"start": _PAGE.format(server=server), "plain": "====== 别的一页 ======\n\n没有链接。"}
    for name, text in pages.items():
        (data / "pages" / f"{name}.txt").write_text(text, encoding="utf-8")
    return root


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(url, timeout=10).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"{url} did not answer")


def main() -> None:
    """Serve a wiki with the widget beside a server, until Ctrl-C: `make wiki-demo`."""
    from tests.serving import start_server, wait_until

    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        served = start_server(folder, "--allowed-origins", f"http://127.0.0.1:{port}")
        try:
            wait_until(served, "/readyz")
            with dokuwiki(folder / "wiki", served.url, port) as wiki:
                sys.stdout.write(f"{wiki.origin}/doku.php has the widget. Ctrl-C ends it.\n")
                sys.stdout.flush()
                served.process.wait()
        except KeyboardInterrupt:
            pass
        finally:
            served.process.terminate()
            served.process.wait(30)


if __name__ == "__main__":
    main()
