"""Under a path behind a real nginx that ends TLS, set up as docs/reverse-proxy.md says."""

import os
import re
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browsing import QUESTION, launched, needs_chromium
from tests.hosts import plain_site, recipe
from tests.service.conftest import Embedded
from tests.serving import ROOT, free_port

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
GUIDE = ROOT / "docs" / "reverse-proxy.md"
STARTS_SECONDS = 15.0

pytestmark = [
    pytest.mark.browser,
    needs_chromium,
    pytest.mark.skipif(NGINX is None and not os.environ.get("CI"), reason="there is no nginx"),
]


def _certificate(folder: Path) -> None:
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    command += " -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    made = [*command.split(), "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(made, cwd=folder, check=True, capture_output=True)


def _configuration(folder: Path, port: int, server: str) -> str:
    """The recipe's `server` block, with what Debian's nginx.conf would put around it."""
    block = recipe("nginx", "", GUIDE)
    for name, value in {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "wenju.example": "localhost",
        "/etc/ssl/wenju/": f"{folder}/",
        "http://127.0.0.1:7860": server,
    }.items():
        assert name in block
        block = block.replace(name, value)
    stores = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    return f"""{user} daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{ access_log off; default_type application/octet-stream;
{stores}{block} }}"""


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory, embedded: Embedded) -> Iterator[str]:
    """The origin of the proxy."""
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    _certificate(folder)
    settings = folder / "nginx.conf"
    settings.write_text(_configuration(folder, port, embedded.served.url), encoding="utf-8")
    assert NGINX
    command = [NGINX, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(settings)]
    process = subprocess.Popen(command)
    origin = f"https://localhost:{port}"
    try:
        until = time.monotonic() + STARTS_SECONDS
        while not _answers(origin):
            assert time.monotonic() < until, (folder / "error.log").read_text(encoding="utf-8")
            time.sleep(0.1)
        yield origin
    finally:
        process.terminate()
        process.wait(10)


def _trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _answers(origin: str) -> bool:
    try:
        return httpx.get(f"{origin}/wenju/healthz", verify=_trusting()).status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched("--ignore-certificate-errors") as made:
        yield made


@pytest.fixture
def page(browser: Any, proxy: str) -> Iterator[Any]:
    """A window in which nothing may fail or leave the proxy's path."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800})
    faults: list[str] = []
    known = (f"{proxy}/wenju/", "data:", "blob:")

    def watch(made: Any) -> None:
        made.on("request", lambda r: r.url.startswith(known) or faults.append(r.url))
        made.on("response", lambda r: r.status >= 400 and faults.append(f"{r.status} {r.url}"))
        made.on("console", lambda m: m.type == "error" and faults.append(m.text))
        made.on("pageerror", lambda error: faults.append(str(error)))

    context.on("page", watch)
    yield context.new_page()
    context.close()
    assert faults == []


def test_chat_streams_and_its_citation_opens_the_reader(page: Any, proxy: str) -> None:
    page.goto(f"{proxy}/wenju/")
    box = page.locator("#question textarea")
    box.fill(QUESTION)
    box.press("Enter")
    chip = page.locator("a.chip").first
    chip.wait_for()
    assert "2.51亿元" in page.locator(".answer .text").inner_text()
    # In a window of its own: the chat's stream may still be open, and breaks off when it is left.
    source = page.context.new_page()
    source.goto(f"{proxy}{chip.get_attribute('href')}")
    source.locator("mark").first.wait_for()
    assert "2.51亿元" in "".join(source.locator("mark").all_text_contents())


def test_search_documents_and_the_language_that_was_picked(
    page: Any, proxy: str, tmp_path: Path
) -> None:
    page.goto(f"{proxy}/wenju/search")
    page.locator("input[name=q]").fill("续航约四小时")
    page.locator("#found mark").first.wait_for()
    page.locator("#found a").first.click()
    page.wait_for_url(f"{proxy}/wenju/read/**")

    note = tmp_path / "放假.md"
    note.write_text("# 放假通知\n\n十月一日起放假七天。", encoding="utf-8")
    page.goto(f"{proxy}/wenju/documents?lang=en")
    page.locator("input[type=file]").set_input_files(note)
    added = page.locator(".uploads a", has_text="放假通知")
    added.wait_for()
    address = added.get_attribute("href")
    assert re.match(r"/wenju/read/\w+", address)
    page.goto(f"{proxy}{address}")
    # The choice lies in a cookie.
    assert page.locator("html").get_attribute("lang") == "en"
    identity = address.split("/read/")[1].split("?")[0].split("#")[0]
    deleted = httpx.delete(f"{proxy}/wenju/api/documents/{identity}", verify=_trusting())
    assert deleted.status_code == 204


def test_embed_answers(page: Any, proxy: str) -> None:
    page.goto(f"{proxy}/wenju/embed")
    page.locator("wenju-ask input").fill(QUESTION)
    page.keyboard.press("Enter")
    link = page.locator("wenju-ask ol a").first
    link.wait_for()
    assert link.evaluate("a => a.href").startswith(f"{proxy}/wenju/read/")


def test_the_widget_on_another_site_asks_through_the_proxy(
    browser: Any, proxy: str, embedded: Embedded
) -> None:
    html = f'<!doctype html><html lang="zh">{recipe("html", proxy + "/wenju")}</html>'
    with plain_site({"/": (html, {})}, embedded.page_port) as site:
        page = browser.new_page(locale="zh-CN")
        page.goto(site.origin)
        page.get_by_role("button", name="打开问答").click()
        page.locator("wenju-ask input").fill(QUESTION)
        page.keyboard.press("Enter")
        link = page.locator("wenju-ask ol a").first
        link.wait_for()
        assert link.evaluate("a => a.href").startswith(f"{proxy}/wenju/read/")
        page.close()


def test_origins_are_told_apart_though_tls_ends_at_the_proxy(proxy: str) -> None:
    pasted = {"title": "代理.md", "text": "# 代理\n\n代理后面的文档。"}
    address = f"{proxy}/wenju/api/documents"
    with httpx.Client(verify=_trusting()) as client:
        foreign = client.post(address, json=pasted, headers={"Origin": "https://evil.example"})
        assert foreign.status_code == 403
        own = client.post(address, json=pasted, headers={"Origin": proxy})
        assert own.status_code == 201
        assert client.delete(f"{address}/{own.json()['id']}").status_code == 204


def test_events_are_passed_on_as_they_come(proxy: str) -> None:
    """A proxy that gathers the answer would pass it on in one piece."""
    address = f"{proxy}/wenju/api/ask/stream"
    with (
        httpx.Client(verify=_trusting(), timeout=60) as client,
        client.stream("POST", address, json={"question": QUESTION}) as answer,
    ):
        pieces = list(answer.iter_raw())
    assert len(pieces) > 2
    assert b"event: done" in b"".join(pieces)
