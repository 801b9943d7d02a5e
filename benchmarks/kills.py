"""Kill writers at random moments, and count what is lost.

    python benchmarks/kills.py [--rounds N] [--seed N]

Each round starts four processes that replace and remove documents of their own and search, all in
one data directory, and kills them (SIGKILL) after a random moment. Then the directory is opened,
examined as by `wenju doctor`, and compared with what the processes had been told was committed.
Store, index, locks and kills are the real ones. The documents are a line long, and their vectors
are the real model's, computed once before the first round: embedding happens before a write begins
and touches no file.
"""

import argparse
import json
import multiprocessing
import os
import platform
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from corpus.document import Document
from corpus.errors import WenjuError
from corpus.loading import load_text
from corpus.segmentation import Segmenter
from index.doctor import examine
from index.encoder import Encoder, Vectors
from index.library import Library

PROCESSES, FILES, VERSIONS = 4, 3, 4
LONGEST = 0.6
"""Seconds until the kill, at most."""


class Recorded(Encoder):
    """The real encoder's vectors, looked up."""

    def __init__(self, vectors: dict[str, Vectors]) -> None:
        self.__dict__.update(Encoder("multilingual-e5-small", Path()).__dict__)
        self._vectors = vectors

    def _encode(self, texts: list[str]) -> Vectors:
        return np.stack([self._vectors[text] for text in texts])


def document(process: int, file: int, version: int) -> Document:
    """Return a version of a process's file."""
    words = f"第{process}人的第{file}份文件，第{version}版。编号是{process}{file}{version}。"
    return load_text(words, f"{process}-{file}.txt")


def record(queue: "multiprocessing.Queue[dict[str, Vectors]]") -> None:
    """Embed all texts, in a process of its own: a model's threads do not survive a fork."""
    from service.assembly import stay_local
    from service.settings import Settings

    settings = Settings()
    stay_local(settings.model)
    made: dict[str, Vectors] = {}

    class Recording(Encoder):
        def _encode(self, texts: list[str]) -> Vectors:
            vectors = super()._encode(texts)
            made.update(zip(texts, vectors, strict=True))
            return vectors

    with tempfile.TemporaryDirectory() as folder:
        library = Library(Path(folder), Recording(settings.model, settings.cache), Segmenter())
        library.add_all(
            [
                document(process, file, version)
                for process in range(PROCESSES)
                for file in range(FILES)
                for version in range(VERSIONS)
            ]
        )
    queue.put(made)


def work(process: int, directory: Path, encoder: Encoder, segmenter: Segmenter, seed: int) -> None:
    """Replace, remove and search until killed; note each change before and after it is made."""
    chance = random.Random(seed)
    library = Library(directory, encoder, segmenter)
    notes = os.open(directory / f"notes-{process}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(word: str, file: int, held: str) -> None:
        os.write(notes, (json.dumps([word, file, held]) + "\n").encode())

    while True:
        file = chance.randrange(FILES)
        new = document(process, file, chance.randrange(VERSIONS))
        held = new.id if chance.random() < 0.75 else ""
        note("begun", file, held)
        if held:
            library.put(new, f"/{process}/{file}")
        else:
            library.forget(f"/{process}/{file}")
        note("done", file, held)
        if chance.random() < 0.3:
            with library.view() as view:
                len(view)


def expected(directory: Path, process: int) -> tuple[dict[int, set[str]], int]:
    """Return what each of a process's files may hold by its notes, and how much was committed."""
    may: dict[int, set[str]] = {file: {""} for file in range(FILES)}
    path = directory / f"notes-{process}"
    done = 0
    for line in path.read_text("utf-8").splitlines() if path.exists() else []:
        word, file, held = json.loads(line)
        may[file] = may[file] | {held} if word == "begun" else {held}
        done += word == "done"
    return may, done


def look(directory: Path, encoder: Encoder, segmenter: Segmenter) -> dict[str, int]:
    """Open the directory after a kill, and count what is wrong."""
    found = {"lost": 0, "corrupt starts": 0, "faults": 0}
    try:
        library = Library(directory, encoder, segmenter)
        with library.view() as view:
            len(view)
    except WenjuError as error:
        print("corrupt:", error)
        return {**found, "corrupt starts": 1}
    faults = examine(directory)
    for fault in faults:
        print("fault:", fault.detail)
    found["faults"] = len(faults)
    for process in range(PROCESSES):
        may, _ = expected(directory, process)
        lines = []
        for file, allowed in may.items():
            held = library.held_at(f"/{process}/{file}") or [""]
            if len(held) > 1 or held[0] not in allowed:
                print("lost:", process, file, held, allowed)
                found["lost"] += 1
            lines.append(json.dumps(["found", file, held[0]]) + "\n")
        # What an interrupted change left is settled; the next round begins with it.
        (directory / f"notes-{process}").write_text("".join(lines), "utf-8")
    return found


def run(rounds: int, seed: int, encoder: Encoder) -> dict[str, int]:
    """Kill `rounds` times, and return what was found in all."""
    chance = random.Random(seed)
    segmenter = Segmenter()
    segmenter.terms("预先载入词典")
    fork = multiprocessing.get_context("fork")
    total = {"lost": 0, "corrupt starts": 0, "faults": 0, "committed": 0, "interrupted": 0}
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder) / "data"
        for _ in range(rounds):
            workers = [
                fork.Process(target=work, args=(n, directory, encoder, segmenter, chance.random()))
                for n in range(PROCESSES)
            ]
            for worker in workers:
                worker.start()
            time.sleep(chance.uniform(0.05, LONGEST))
            for worker in workers:
                os.kill(worker.pid or 0, signal.SIGKILL)
            for worker in workers:
                worker.join()
            for process in range(PROCESSES):
                may, done = expected(directory, process)
                total["committed"] += done
                total["interrupted"] += any(len(allowed) > 1 for allowed in may.values())
            # In a process of its own too, so that this one never has the files open at a fork.
            queue: multiprocessing.Queue[dict[str, int]] = fork.Queue()
            looker = fork.Process(target=_look, args=(queue, directory, encoder, segmenter))
            looker.start()
            for name, count in queue.get(timeout=120).items():
                total[name] += count
            looker.join()
    return total


def _look(
    queue: "multiprocessing.Queue[dict[str, int]]",
    directory: Path,
    encoder: Encoder,
    segmenter: Segmenter,
) -> None:
    queue.put(look(directory, encoder, segmenter))


def main() -> int:
    """Run, print figures, and fail if anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    spawn = multiprocessing.get_context("spawn")
    queue = spawn.Queue()
    recorder = spawn.Process(target=record, args=(queue,))
    recorder.start()
    encoder = Recorded(queue.get(timeout=600))
    recorder.join()
    began = time.monotonic()
    total = run(given.rounds, given.seed, encoder)
    describe = ["git", "describe", "--always", "--dirty"]
    commit = subprocess.run(describe, capture_output=True, text=True, check=False).stdout.strip()
    print(f"machine: {platform.platform()}, {os.cpu_count()} cores; commit {commit}")
    print(f"{given.rounds} rounds of {PROCESSES} processes in {time.monotonic() - began:.0f} s")
    for name, count in total.items():
        print(f"{name}: {count}")
    return 1 if total["lost"] or total["corrupt starts"] or total["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
