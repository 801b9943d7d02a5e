"""Writers killed at random moments: a short run of the benchmark."""

import os
import subprocess
import sys

from tests.serving import ROOT, clean_environment


def test_nothing_committed_is_lost() -> None:
    command = [sys.executable, "benchmarks/kills.py", "--rounds", "5"]
    environment = clean_environment(PYTHONPATH=os.fspath(ROOT))
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert {"lost: 0", "corrupt starts: 0", "faults: 0"} <= set(lines)
    assert "committed: 0" not in lines
