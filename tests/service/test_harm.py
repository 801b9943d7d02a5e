"""A data directory that comes to harm: a clear error, and never a wrong answer."""

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.errors import WenjuError
from corpus.loading import load_text
from corpus.segmentation import Segmenter
from index.encoder import Encoder
from index.library import INDEX_FILE, Library
from index.store import FILE_NAME
from tests.serving import ROOT, clean_environment

FULL = """
import os, sys
from pathlib import Path
from app import main

data, small, big = sys.argv[1:]
print(main(["add", small, "--data", data]))
free = os.statvfs(data)
filler = Path(data, "filler")
filler.write_bytes(bytes(free.f_bavail * free.f_frsize - 100_000))
print(main(["add", big, "--data", data]))
print(main(["search", "食堂在哪里？", "--data", data]))
filler.unlink()
print(main(["add", big, "--data", data]))
"""
READ_ONLY = """
import sys
from app import main

data, small = sys.argv[1:]
print(main(["add", small, "--data", data]))
print(main(["search", "食堂", "--data", data]))
"""


def isolated(mount: str, script: str, *arguments: Path) -> subprocess.CompletedProcess[str]:
    """Run a script where something is mounted that nobody else sees."""
    words = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(
        ["unshare", "-rm", "sh", "-c", f'{mount} && exec "$@"', "sh", *words],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=200,
        check=False,
    )


def can_mount() -> bool:
    if not shutil.which("unshare"):
        return False
    tried = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


mounts = pytest.mark.skipif(not can_mount(), reason="needs the right to make a mount namespace")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    made = tmp_path / "小.txt"
    made.write_text("食堂在一楼。", "utf-8")
    return made


@mounts
def test_a_full_disk_keeps_what_was_there(tmp_path: Path, small: Path, encoder: Encoder) -> None:
    data, big = tmp_path / "data", tmp_path / "大.txt"
    data.mkdir()
    big.write_text("\n\n".join(f"第{n}间办公室在{n}楼，门牌是{n}号。" for n in range(60)), "utf-8")
    done = isolated(f"mount -t tmpfs -o size=8m none {data}", FULL, data, small, big)
    codes = [line for line in done.stdout.splitlines() if line in ("0", "1", "2", "3")]
    assert codes == ["0", "3", "0", "0"], done.stdout + done.stderr
    assert "食堂在一楼。" in done.stdout
    assert "is full. Nothing of this change was kept." in done.stderr
    assert "Traceback" not in done.stderr


@mounts
def test_a_read_only_directory_is_said(
    tmp_path: Path, small: Path, encoder: Encoder, segmenter: Segmenter
) -> None:
    data = tmp_path / "data"
    Library(data, encoder, segmenter).add(load_text("食堂在二楼。", "甲.txt"))
    mount = f"mount --bind {data} {data} && mount -o remount,ro,bind {data}"
    done = isolated(mount, READ_ONLY, data, small)
    assert done.stdout.split()[0] == "3", done.stdout + done.stderr
    assert f"{data} cannot be written." in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", [FILE_NAME, INDEX_FILE])
def test_damage_anywhere_is_never_served(
    tmp_path: Path, encoder: Encoder, segmenter: Segmenter, name: str
) -> None:
    sound = tmp_path / "sound"
    text = load_text("\n\n".join(f"第{n}间办公室在{n}楼。" for n in range(40)), "甲.txt")
    library = Library(sound, encoder, segmenter)
    library.add(text)
    assert served(library, text.id)[0] == text.text
    library._store.close()
    content = (sound / name).read_bytes()
    expected = served(Library(sound, encoder, segmenter), text.id)
    chance = random.Random(5)
    refused = 0
    for round_ in range(60):
        harmed = tmp_path / f"harmed{round_}"
        shutil.copytree(sound, harmed)
        for log in harmed.glob(f"{FILE_NAME}-*"):
            log.unlink()
        place = chance.randrange(len(content))
        changed = bytes([content[place] ^ 1 << chance.randrange(8)])
        cut = round_ % 6 == 0
        (harmed / name).write_bytes(
            content[:place] + (b"" if cut else changed + content[place + 1 :])
        )
        try:
            assert served(Library(harmed, encoder, segmenter), text.id) == expected, (place, cut)
        except WenjuError:
            refused += 1
        shutil.rmtree(harmed)
    # A FAISS file is made anew; of the store only what no query reads may change unnoticed.
    assert (refused == 0) if name == INDEX_FILE else (refused > 10)


def served(library: Library, document: str) -> tuple[str, list[str], list[int]]:
    """What the library tells: the text, all passages', and the order of a search."""
    with library.view() as view:
        vector = view.encoder.encode_queries(["第7间办公室在几楼？"])[0]
        ranked = view.rank(vector, view.segmenter.terms("第7间办公室在几楼？"), 99)
        hits = view.hits(ranked)
        text = view.document(document).text
    return text, [hit.text for hit in hits], [hit.passage for hit in hits]
