import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from index.encoder import Encoder
from tests.serving import ROOT, clean_environment, free_port

ASK = """
import json, sys, time, urllib.request
base = sys.argv[1]
for _ in range(600):
    try:
        urllib.request.urlopen(base + "/readyz"); break
    except OSError:
        time.sleep(0.3)
body = json.dumps({"question": "全志科技2025年归母净利润预告是多少？"}).encode()
request = urllib.request.Request(base + "/api/ask", body, {"Content-Type": "application/json"})
print(json.load(urllib.request.urlopen(request))["answerable"])
print(urllib.request.urlopen(base + "/").status)
"""


def can_isolate() -> bool:
    if not (shutil.which("unshare") and shutil.which("ip")):
        return False
    tried = subprocess.run(
        ["unshare", "-rn", "ip", "link", "set", "lo", "up"], capture_output=True, check=False
    )
    return tried.returncode == 0


@pytest.mark.skipif(not can_isolate(), reason="needs the right to make a network namespace")
def test_the_server_works_without_any_network(tmp_path: Path, encoder: Encoder) -> None:
    port = str(free_port())
    python = sys.executable
    (tmp_path / "ask.py").write_text(ASK, encoding="utf-8")
    script = (
        f"ip link set lo up && {{ {python} -m app serve --port {port} --data {tmp_path}/data & "
        f"server=$!; timeout 240 {python} {tmp_path}/ask.py http://127.0.0.1:{port}; "
        "kill -INT $server; wait $server; }"
    )
    done = subprocess.run(
        ["unshare", "-rn", "sh", "-c", script],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.stdout.split() == ["True", "200"], done.stderr[-3000:]
    for trouble in ("Traceback", "ERROR", "ConnectionError"):
        assert trouble not in done.stderr
