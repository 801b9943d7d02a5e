"""The commands on a full disk: a clear error, and what was there is still found."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from index.encoder import Encoder
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
