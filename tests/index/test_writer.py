"""One writer at a time, among processes and among threads."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.errors import StoreError
from index.writer import OWNER_FILE, alone
from tests.serving import ROOT

HOLD = """
import sys, time
from pathlib import Path
from index.writer import alone

with alone(Path(sys.argv[1]), 10):
    print("holding", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that is writing."""
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout
        assert process.stdout.readline() == "holding\n"
        yield process
        process.kill()


def test_who_waits_too_long_is_told_for_whom(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    waited = pytest.raises(StoreError, match=rf"process {holder.pid} on .* \(since 20")
    with waited, alone(tmp_path, 0.2):
        pytest.fail("two write at once")


def test_a_killed_writer_holds_nobody_up(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.wait()
    with alone(tmp_path, 0.2):
        assert (tmp_path / OWNER_FILE).exists()
    assert not (tmp_path / OWNER_FILE).exists()


def test_threads_exclude_each_other(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def write() -> None:
        for _ in range(20):
            with alone(tmp_path, 30):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 80
