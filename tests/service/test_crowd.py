"""Uploads beside a crowd that asks: a short run of the benchmark, and what its check would find."""

import asyncio
from typing import Any

import httpx
import pytest

from benchmarks.crowd import (
    EXACT,
    INEXACT,
    REMOVED,
    REPLACED,
    STALE,
    UNVERIFIED,
    Crowd,
    Truth,
    written,
)
from index.doctor import examine
from tests.service.conftest import Attacked

UPLOADERS, CLIENTS, VERSIONS = 6, 4, 2


def test_every_citation_is_exact_and_every_document_kept(attacked: Attacked) -> None:
    async def run() -> tuple[Crowd, list[str]]:
        headers, timeout = attacked.token, 120
        async with httpx.AsyncClient(
            base_url=attacked.served.url, headers=headers, timeout=timeout
        ) as client:
            crowd = Crowd(client, run="短")
            await crowd.know()
            before = set(crowd.truth.kept)
            await crowd.meet(UPLOADERS, CLIENTS, VERSIONS)
            lost = await crowd.lost()
            for each in crowd.truth.kept - before:
                await client.delete(f"/api/documents/{each}")
        return crowd, lost

    crowd, lost = asyncio.run(run())
    assert crowd.refused == lost == []
    assert crowd.wrong == 0
    assert crowd.citations[EXACT] > 0
    assert crowd.changes == {"POST": UPLOADERS, "PUT": UPLOADERS * (VERSIONS - 1), "DELETE": 2}
    assert examine(attacked.folder / "data") == []


def citation(quote: str = "乙丙", document: str = "here") -> dict[str, Any]:
    return {"document": document, "quote": quote, "start": 1, "end": 3}


def served(status: int, **body: str) -> httpx.Response:
    return httpx.Response(status, json=body)


@pytest.mark.parametrize(
    ("cited", "asked", "answer", "expected"),
    [
        (citation(), 5, served(200, text="甲乙丙"), EXACT),
        (citation("乙"), 5, served(200, text="甲乙丙"), INEXACT),
        (citation(""), 5, served(200, text="甲乙丙"), INEXACT),
        (citation(), 5, served(200, text="甲乙丙。"), INEXACT),
        (citation(), 5, served(410, replaced_by="new"), UNVERIFIED),
        (citation(document="unknown"), 5, served(200, text="甲乙丙"), UNVERIFIED),
        (citation(document="old"), 5, served(410, replaced_by="here"), REPLACED),
        (citation(document="old"), 5, served(410, replaced_by="unknown"), UNVERIFIED),
        (citation(document="old"), 5, served(404), REMOVED),
        (citation(document="old"), 5, served(503), UNVERIFIED),
        (citation(document="old"), 9, served(410, replaced_by="here"), STALE),
    ],
)
def test_what_a_citation_is(
    cited: dict[str, Any], asked: float, answer: httpx.Response, expected: str
) -> None:
    truth = Truth({"here": "甲乙丙", "old": "甲乙丙"}, {"here"}, {"old"}, {"old": 7.0})
    assert truth.judge(cited, asked, answer) == expected


def test_papers_differ() -> None:
    contents = {written(uploader, version)[1] for uploader in range(32) for version in range(6)}
    assert len(contents) == 32 * 6


def test_who_is_told_to_wait_comes_again() -> None:
    told = iter((503, 429, 200))

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(next(told), headers={"Retry-After": "0"})

    async def run() -> Crowd:
        transport = httpx.MockTransport(answer)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            crowd = Crowd(client)
            assert (await crowd.patiently("uploads", "GET", "/")).status_code == 200
        return crowd

    assert asyncio.run(run()).shed == {("uploads", 503): 1, ("uploads", 429): 1}
