"""Every page, and the widget on another site, in a browser that has loopback and nothing else."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from index.encoder import Encoder
from tests.browsing import needs_chromium
from tests.service.test_offline import can_isolate
from tests.serving import ROOT, clean_environment


@pytest.mark.browser
@needs_chromium
@pytest.mark.skipif(not can_isolate(), reason="needs the right to make a network namespace")
def test_no_page_asks_another_origin(tmp_path: Path, encoder: Encoder) -> None:
    log = tmp_path / "visited.json"
    script = f"ip link set lo up && exec {sys.executable} -m tests.visiting {tmp_path} {log}"
    done = subprocess.run(
        ["unshare", "-rn", "sh", "-c", script],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    visited = json.loads(log.read_text(encoding="utf-8"))
    assert set(visited["pages"]) == {
        *("chat", "reader", "search", "documents", "embed", "widget", "missing"),
    }
    for name, seen in visited["pages"].items():
        assert seen["requests"], name
        assert seen["foreign"] == [], name
        assert seen["errors"] == [], name
    assert visited["addresses"] == ["127.0.0.1"]
