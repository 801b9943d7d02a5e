"""The commands that look after a library, as real processes beside a real server."""

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import numpy as np
import pytest

from app import main
from corpus.loading import load_text
from corpus.segmentation import Segmenter
from index.dense import DenseIndex
from index.encoder import Encoder
from index.library import INDEX_FILE, Library
from index.store import FILE_NAME
from tests.serving import ROOT, Served, clean_environment, start_server, wait_until

SECONDS = 60.0


def texts(data: Path) -> dict[str, str]:
    """All documents' texts by title, read past the program."""
    with closing(sqlite3.connect(data / FILE_NAME)) as connection:
        return dict(connection.execute("SELECT title, text FROM documents").fetchall())


def wait_for(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.1)


def test_a_watched_folder_is_followed(tmp_path: Path, encoder: Encoder) -> None:
    folder, data = tmp_path / "文档", tmp_path / "data"
    folder.mkdir()
    (folder / "甲.txt").write_text("食堂在一楼。", "utf-8")
    command = [sys.executable, "-m", "app", "sync", str(folder), "--watch", "--data", str(data)]
    with subprocess.Popen(
        command, cwd=ROOT, env=clean_environment(), stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stderr
        try:
            while "Watching" not in (line := process.stderr.readline()):
                assert line, "it ended"
            assert texts(data) == {"甲": "食堂在一楼。"}
            (folder / "乙.txt").write_text("车库在地下。", "utf-8")
            wait_for(lambda: "乙" in texts(data))
            (folder / "甲.txt").write_text("食堂在二楼。", "utf-8")
            wait_for(lambda: texts(data)["甲"] == "食堂在二楼。")
            (folder / "乙.txt").unlink()
            wait_for(lambda: texts(data) == {"甲": "食堂在二楼。"})
            process.send_signal(signal.SIGINT)
            assert process.wait(SECONDS) == 0
        finally:
            # Popen's own exit waits for it, for ever if it goes on.
            process.kill()


@pytest.fixture
def data(tmp_path: Path, encoder: Encoder, segmenter: Segmenter) -> Path:
    """A data directory with one document."""
    made = tmp_path / "data"
    library = Library(made, encoder, segmenter)
    library.add(load_text("食堂在一楼，中午十一点半开门。", "甲.txt"))
    with library.view() as view:
        assert len(view) == 1
    return made


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE passages SET text = replace(text, '一楼', '二楼')",
        "UPDATE passages SET vector = zeroblob(1536)",
    ],
)
def test_the_doctor_mends_what_a_question_would_refuse(
    data: Path, capsys: pytest.CaptureFixture[str], harm: str
) -> None:
    with closing(sqlite3.connect(data / FILE_NAME)) as connection:
        connection.execute(harm)
        connection.commit()
    assert main(["search", "食堂", "--data", str(data)]) == 3
    assert "doctor --repair" in capsys.readouterr().err
    assert main(["doctor", "--data", str(data)]) == 3
    assert main(["doctor", "--repair", "--data", str(data)]) == 0
    capsys.readouterr()
    assert main(["search", "食堂", "--data", str(data)]) == 0
    assert "食堂在一楼" in capsys.readouterr().out


def test_the_doctor_drops_an_index_that_is_whole_and_wrong(data: Path) -> None:
    before = (data / INDEX_FILE).read_bytes()
    with closing(sqlite3.connect(data / FILE_NAME)) as connection:
        ((passage, vector),) = connection.execute("SELECT id, vector FROM passages").fetchall()
    stamp = int.from_bytes(before[8:16], "little")
    turned = -np.frombuffer(vector, dtype=np.float32).reshape(1, -1)
    DenseIndex(np.array([passage]), turned).save(data / INDEX_FILE, stamp)
    assert main(["doctor", "--data", str(data)]) == 3
    assert main(["doctor", "--repair", "--data", str(data)]) == 0
    assert main(["search", "食堂", "--data", str(data)]) == 0
    assert (data / INDEX_FILE).read_bytes() == before


@pytest.fixture
def running(data: Path, tmp_path: Path) -> Iterator[Served]:
    served = start_server(tmp_path)
    wait_until(served, "/readyz")
    yield served
    served.process.terminate()
    served.process.wait(30)


def test_a_running_server_goes_on_with_what_is_restored(
    running: Served, data: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.sqlite"
    assert main(["backup", str(copy), "--data", str(data)]) == 0
    with httpx.Client(base_url=running.url, timeout=SECONDS) as client:

        def found() -> str:
            body = {"query": "食堂在几楼？"}
            return str(client.post("/api/search", json=body).json()["hits"][0]["text"])

        assert "一楼" in found()
        (document,) = client.get("/api/documents").json()
        assert client.delete(f"/api/documents/{document['id']}").status_code == 204
        files = {"file": ("乙.txt", "食堂在九楼。".encode())}
        assert client.post("/api/documents", files=files).status_code == 201
        assert "九楼" in found()
        assert main(["restore", str(copy), "--force", "--data", str(data)]) == 0
        assert "一楼" in found()
        assert [d["title"] for d in client.get("/api/documents").json()] == ["甲.txt"]
