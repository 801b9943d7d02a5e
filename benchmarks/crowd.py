"""Uploads beside a crowd that asks: is every citation exact, and is everything kept?

    python benchmarks/crowd.py [--uploaders 6 32] [--clients 16] [--changes 6]

For each number of uploaders it starts a server of its own on loopback. All uploaders begin at once;
each adds a small document, replaces it again and again, and every third removes it in the end.
Meanwhile the clients ask, half of the time about those documents. Both come again after
`Retry-After` when they are told 503 or 429.

Each citation of each answer is compared with what was sent under that id, and with the document as
it is served right after the answer. One that was replaced or removed in between answers 410 or 404:
these are counted apart. Afterwards every accepted document must be listed with the text that was
sent, none else, and `wenju doctor` must find nothing. Text and Markdown are their own text; that of
HTML and CSV is what the same readers make of them in this process.
"""

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.where import ROOT, commit, machine
from corpus.document import Document
from corpus.loading import load_bytes
from tests.serving import Served, start_server, wait_until

FORMS = ("md", "txt", "html", "csv")
ARTICLE_QUESTIONS = (
    "瑞芯微2025年预计营收多少?",
    "全志科技预计净利润是多少",
    "AI眼镜有哪些厂商",
    "珠穆朗玛峰有多高",
    "Which companies make SoCs?",
)
KEEPERS = ("赵一鸣", "钱二宝", "孙三省", "李四光", "周五常", "吴六奇", "郑七巧", "王八达")
RETRIES = 200
AT_LEAST = 4
"""Answers that each client waits for, however quick the uploads are."""
EXACT, REPLACED, REMOVED = "exact", "replaced since", "removed since"
INEXACT, STALE, UNVERIFIED = "inexact", "stale", "unverified"
WRONG = (INEXACT, STALE, UNVERIFIED)


@dataclass(frozen=True, slots=True)
class Paper:
    """A version of an uploader's document: its file, and the text that must be served."""

    name: str
    content: bytes
    made: Document


def written(uploader: int, version: int, run: str = "") -> tuple[str, bytes]:
    """Return a version of an uploader's file, name and content; no two are the same.

    `run` tells those of one run from another's.
    """
    form = FORMS[uploader % len(FORMS)]
    keeper = KEEPERS[(uploader + version) % len(KEEPERS)]
    facts = {
        "管理员": keeper,
        "容量": f"{100 + 7 * uploader + version}吨",
        "电话": f"0571-{8000 + 31 * uploader + version}",
        "编号": f"{run}{uploader}-{version}",
    }
    title = f"第{uploader + 1}号仓库"
    said = [f"{title}的{key}是{value}。" for key, value in facts.items()]
    content = {
        "md": f"# {title}\n\n{''.join(said)}\n\n- 钥匙在{keeper}处\n",
        "txt": f"{title}说明\n\n" + "\n".join(said) + "\n",
        "html": f"<html><body><main><h1>{title}</h1><p>{'</p><p>'.join(said)}</p></main></body>",
        "csv": f"仓库,{','.join(facts)}\n{title},{','.join(facts.values())}\n",
    }[form].encode()
    return f"{title}.{form}", content


def paper(uploader: int, version: int, run: str = "") -> Paper:
    """Return a version of an uploader's document; see `written`."""
    name, content = written(uploader, version, run)
    return Paper(name, content, load_bytes(content, name))


def question(uploader: int, chance: random.Random) -> str:
    """Return a question about an uploader's document."""
    asked = chance.choice(("的管理员是谁？", "的容量是多少？", "的电话是多少？", "的编号是什么？"))
    return f"第{uploader + 1}号仓库{asked}"


@dataclass
class Truth:
    """What the server was given and told to do, as those know who did it.

    Attributes:
        texts: every text ever sent or there before, by id; known before it is sent.
        kept: ids that must be there now.
        leaving: ids that somebody has begun to replace or remove.
        gone: when that was confirmed.

    """

    texts: dict[str, str] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    leaving: set[str] = field(default_factory=set)
    gone: dict[str, float] = field(default_factory=dict)

    def judge(self, citation: Mapping[str, Any], asked: float, served: httpx.Response) -> str:
        """Say what a citation is.

        Args:
            citation: of an answer.
            asked: when the question was sent.
            served: what its document's address answered afterwards.

        """
        document, quote = citation["document"], citation["quote"]
        text = self.texts.get(document)
        if text is None:
            return UNVERIFIED
        if not quote or quote != text[citation["start"] : citation["end"]]:
            return INEXACT
        if self.gone.get(document, asked) < asked:
            return STALE
        if served.status_code == 200:
            return EXACT if served.json()["text"] == text else INEXACT
        if document not in self.leaving:
            return UNVERIFIED
        if served.status_code == 410 and served.json()["replaced_by"] in self.texts:
            return REPLACED
        return REMOVED if served.status_code == 404 else UNVERIFIED


@dataclass
class Crowd:
    """Uploaders and clients of one server, and what they saw.

    Attributes:
        client: the way to the server.
        run: a name that no other run on this server has.
        shed: requests told 503 or 429, by "uploads" or "questions" and status.
        citations: how many were what.
        refused: changes and questions that were never accepted, in words.
        seconds: each answer's time, from its accepted request to the last byte.

    """

    client: httpx.AsyncClient
    run: str = ""
    truth: Truth = field(default_factory=Truth)
    shed: Counter[tuple[str, int]] = field(default_factory=Counter)
    changes: Counter[str] = field(default_factory=Counter)
    citations: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    answered: int = 0
    uploading: bool = True

    async def patiently(self, whose: str, method: str, path: str, **more: Any) -> httpx.Response:
        """Send a request until it is let in, waiting as long as it is told to."""
        for _ in range(RETRIES):
            response = await self.client.request(method, path, **more)
            if response.status_code not in (429, 503):
                break
            self.shed[whose, response.status_code] += 1
            await asyncio.sleep(float(response.headers.get("retry-after", 1)))
        return response

    async def know(self) -> None:
        """Learn what is there before anything is changed."""
        for entry in (await self.client.get("/api/documents")).json():
            found = (await self.client.get(f"/api/documents/{entry['id']}")).json()
            self.truth.texts[entry["id"]] = found["text"]
            self.truth.kept.add(entry["id"])

    async def upload(self, uploader: int, papers: list[Paper]) -> None:
        """Add the first version, put each later one in its place, and perhaps remove the last."""
        held = ""
        for each in papers:
            new = each.made.id
            self.truth.texts[new] = each.made.text
            method, path = ("PUT", f"/api/documents/{held}") if held else ("POST", "/api/documents")
            if not await self._change(method, path, held, 201, file=(each.name, each.content)):
                return
            self.truth.kept.add(new)
            held = new
        if uploader % 3 == 2:
            await self._change("DELETE", f"/api/documents/{held}", held, 204)

    async def _change(self, method: str, path: str, old: str, good: int, **files: Any) -> bool:
        if old:
            self.truth.leaving.add(old)
        response = await self.patiently("uploads", method, path, files=files or None)
        if response.status_code != good:
            self.refused.append(f"{method} {path}: {response.status_code} {response.text[:200]}")
            return False
        if old:
            self.truth.gone[old] = time.monotonic()
            self.truth.kept.discard(old)
        self.changes[method] += 1
        return True

    async def ask(self, uploaders: int, seed: int) -> None:
        """Ask until the uploads are through, and check each answer."""
        chance = random.Random(seed)
        answers = 0
        while self.uploading or answers < AT_LEAST:
            about_them = chance.random() < 0.5
            words = (
                question(chance.randrange(uploaders), chance)
                if about_them
                else chance.choice(ARTICLE_QUESTIONS)
            )
            asked = time.monotonic()
            response = await self.patiently(
                "questions", "POST", "/api/ask", json={"question": words}
            )
            if response.status_code != 200:
                self.refused.append(f"{words}: {response.status_code} {response.text[:200]}")
                return
            self.seconds.append(response.elapsed.total_seconds())
            body = response.json()
            answers += 1
            self.answered += body["answerable"]
            for citation in body["citations"]:
                served = await self.client.get(f"/api/documents/{citation['document']}")
                self.citations[self.truth.judge(citation, asked, served)] += 1

    async def meet(self, uploaders: int, clients: int, changes: int) -> None:
        """Let all of them at the server."""
        papers = [[paper(n, v, self.run) for v in range(changes)] for n in range(uploaders)]
        await self.know()
        asking = [asyncio.create_task(self.ask(uploaders, n)) for n in range(clients)]
        await asyncio.gather(*(self.upload(n, mine) for n, mine in enumerate(papers)))
        self.uploading = False
        await asyncio.gather(*asking)

    async def lost(self) -> list[str]:
        """Return what is not as it was accepted: ids missing, of another text, or left over."""
        listed = {entry["id"] for entry in (await self.client.get("/api/documents")).json()}
        wrong = [f"{each} is still there" for each in listed - self.truth.kept]
        for each in sorted(self.truth.kept):
            found = await self.client.get(f"/api/documents/{each}")
            if each not in listed or found.status_code != 200:
                wrong.append(f"{each} is not there")
            elif found.json()["text"] != self.truth.texts[each]:
                wrong.append(f"{each} has another text")
        return wrong

    @property
    def wrong(self) -> int:
        """Citations that must not be."""
        return sum(self.citations[kind] for kind in WRONG)


def doctor(data: Path) -> str:
    """Return what `wenju doctor` finds, "" if nothing."""
    command = [sys.executable, "-m", "app", "doctor", "--json", "--data", os.fspath(data)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 and not json.loads(done.stdout) else done.stdout + done.stderr


def show(crowd: Crowd, lost: list[str], found: str, took: float) -> None:
    """Print a run's figures."""
    ordered = sorted(crowd.seconds)
    shed = {f"{whose} {status}": count for (whose, status), count in sorted(crowd.shed.items())}
    changes = {"POST": "added", "PUT": "replaced", "DELETE": "removed"}
    print(f"  took              {took:.0f} s")
    print("  changes accepted ", ", ".join(f"{changes[m]} {n}" for m, n in crowd.changes.items()))
    print(f"  shed and retried  {shed or 0}")
    print(f"  never accepted    {len(crowd.refused)}")
    print(f"  answers           {len(ordered)}, with citations {crowd.answered}")
    kinds = (EXACT, REPLACED, REMOVED, *WRONG)
    print("  citations        ", ", ".join(f"{kind} {crowd.citations[kind]}" for kind in kinds))
    if ordered:
        middle, late = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
        print(f"  ask               p50 {middle:.2f} s, p95 {late:.2f} s")
    print(f"  documents         kept {len(crowd.truth.kept)}, lost {len(lost)}")
    print(f"  doctor            {found.strip() or 'finds nothing'}")
    for line in (*crowd.refused, *lost):
        print("   ", line)


async def gather(served: Served, uploaders: int, clients: int, changes: int) -> bool:
    """Run one crowd on a server, print its figures, and tell whether all went well."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=served.url, timeout=600, limits=limits) as client:
        crowd = Crowd(client)
        began = time.monotonic()
        await crowd.meet(uploaders, clients, changes)
        took = time.monotonic() - began
        lost = await crowd.lost()
    found = doctor(served.log.parent / "data")
    print(f"{uploaders} uploaders, {clients} clients, {changes} versions each")
    show(crowd, lost, found, took)
    return not (crowd.wrong or crowd.refused or lost or found)


def main() -> int:
    """Run a server and a crowd for each number of uploaders."""
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    words.add_argument("--uploaders", type=int, nargs="+", default=[6, 32])
    words.add_argument("--clients", type=int, default=16)
    words.add_argument("--changes", type=int, default=6, help="versions of each document")
    given = words.parse_args()
    print(f"machine: {machine()}, {os.cpu_count()} cores; commit {commit()}")
    well = True
    for uploaders in given.uploaders:
        with tempfile.TemporaryDirectory() as folder:
            served = start_server(Path(folder))
            try:
                wait_until(served, "/readyz")
                well &= asyncio.run(gather(served, uploaders, given.clients, given.changes))
            finally:
                served.process.terminate()
                served.process.wait(30)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
