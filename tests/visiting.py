"""Visit every page and write down all that was asked for: run in a network namespace by a test."""

import json
import sys
from pathlib import Path
from typing import Any

from tests.browsing import QUESTION, launched
from tests.hosts import plain_site, recipe
from tests.serving import Served, free_port, start_server, wait_until

TOLD = "wenju-ask ol a"


class Record:
    """What one page asked for, and what went wrong on it."""

    def __init__(self, page: Any, known: tuple[str, ...]) -> None:
        self.requests: list[str] = []
        self.errors: list[str] = []
        self._known = known
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("websocket", lambda socket: self.requests.append(socket.url))
        page.on("console", lambda m: m.type == "error" and self.errors.append(m.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def told(self) -> dict[str, list[str]]:
        """The record, with what went to origins that are not known apart."""
        foreign = [url for url in self.requests if not url.startswith(self._known)]
        return {"requests": self.requests, "foreign": foreign, "errors": self.errors}


def _chat(page: Any) -> None:
    box = page.locator("#question textarea")
    for question, came in (("今天上海天气怎么样？", ".refusal"), (QUESTION, "a.chip")):
        box.fill(question)
        box.press("Enter")
        page.locator(came).first.wait_for()


def _search(page: Any) -> None:
    page.locator("input[name=q]").fill("续航约四小时")
    page.locator("#found mark").first.wait_for()


def _ask(page: Any) -> None:
    page.locator("wenju-ask input").fill(QUESTION)
    page.keyboard.press("Enter")
    page.locator(TOLD).first.wait_for()


def _bubble(page: Any) -> None:
    page.get_by_role("button", name="打开问答").click()
    _ask(page)


def _stay(page: Any) -> None:
    page.wait_for_load_state("networkidle")


def _visit(browser: Any, served: Served, site: str) -> dict[str, Any]:
    plan = {
        "chat": (f"{served.url}/", _chat),
        "search": (f"{served.url}/search", _search),
        "documents": (f"{served.url}/documents", _stay),
        "embed": (f"{served.url}/embed", _ask),
        "widget": (f"{site}/", _bubble),
        "missing": (f"{served.url}/read/0000000000000000", _stay),
    }
    found: dict[str, Any] = {}
    addresses: set[str] = set()
    context = browser.new_context(locale="zh-CN")

    def answered(response: Any) -> None:
        if address := response.server_addr():
            addresses.add(address["ipAddress"])

    context.on("requestfinished", lambda request: answered(request.response()))
    for name, (url, act) in plan.items():
        page = context.new_page()
        record = Record(page, (f"{served.url}/", f"{site}/", "data:", "blob:"))
        page.goto(url)
        act(page)
        found[name] = record.told()
        if name == "widget":
            page.goto(page.locator(TOLD).first.evaluate("a => a.href"))
            page.locator("mark").first.wait_for()
            found["reader"] = record.told()
        page.close()
    # The missing page's own status is no fault of it, nor the host page's missing icon.
    for record in found.values():
        record["errors"] = [text for text in record["errors"] if "404" not in text]
    return {"pages": found, "addresses": sorted(addresses)}


def main() -> None:
    """Start a server and another site, visit, and write the log to the second argument."""
    folder, log = Path(sys.argv[1]), Path(sys.argv[2])
    port = free_port()
    served = start_server(folder, "--allowed-origins", f"http://127.0.0.1:{port}")
    try:
        wait_until(served, "/readyz")
        html = f'<!doctype html><html lang="zh">{recipe("html", served.url)}</html>'
        with plain_site({"/": (html, {})}, port) as site, launched() as browser:
            seen = _visit(browser, served, site.origin)
        log.write_text(json.dumps(seen), encoding="utf-8")
    finally:
        served.process.terminate()
        served.process.wait(30)


if __name__ == "__main__":
    main()
