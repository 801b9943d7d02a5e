import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from corpus.errors import StoreError
from service.commands import run
from service.feedback import FILE_NAME, keep, kept
from tests.service.test_api import problem


def test_verdicts_are_kept_in_order(tmp_path: Path) -> None:
    assert list(kept(tmp_path)) == []
    keep(tmp_path, "up", "甲？", "乙 [1]", "")
    keep(tmp_path, "down", "丙？\n丁", "", "不对")
    found = list(kept(tmp_path))
    assert [(v.verdict, v.question, v.comment) for v in found] == [
        ("up", "甲？", ""),
        ("down", "丙？\n丁", "不对"),
    ]


def test_lines_of_many_writers_do_not_mix(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda n: keep(tmp_path, "up", f"问{n}" * 50, "答" * 500, ""), range(64)))
    assert len(list(kept(tmp_path))) == 64


def test_a_broken_line_hides_no_other(tmp_path: Path) -> None:
    keep(tmp_path, "up", "甲", "", "")
    with (tmp_path / FILE_NAME).open("ab") as file:
        file.write(b'{"verdict": \xff\n[]\n')
    keep(tmp_path, "down", "乙", "", "")
    assert [v.question for v in kept(tmp_path)] == ["甲", "乙"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        keep(tmp_path / "none", "up", "甲", "", "")


def test_the_command_shows_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    keep(tmp_path, "down", "甲？", "乙", "太长")
    assert run(["feedback", "--data", str(tmp_path)]) == 0
    assert "down  甲？  (太长)" in capsys.readouterr().out
    assert run(["feedback", "--json", "--data", str(tmp_path)]) == 0
    assert json.loads(capsys.readouterr().out)[0]["comment"] == "太长"


def test_the_interface_takes_verdicts(client: httpx.Client) -> None:
    good = {"verdict": "up", "question": "甲？", "answer": "乙 [1]"}
    assert client.post("/api/feedback", json=good).status_code == 204
    problem(client.post("/api/feedback", json={**good, "verdict": "maybe"}), 422)
    problem(client.post("/api/feedback", json={"verdict": "up"}), 422)
    problem(client.post("/api/feedback", json={**good, "comment": "长" * 2001}), 422)
