import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app import main
from index.library import Library
from tests.serving import ARTICLE, ROOT, clean_environment, start_server, wait_until

QUESTION = "全志科技2025年归母净利润预告是多少？"
NOTICE = "# 年会通知\n\n年会定于十二月十八日在杭州举行。\n"


def run(*words: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app", *words]
    path = os.pathsep.join([str(ROOT), *sys.path])
    return subprocess.run(
        command,
        cwd=cwd,
        env=clean_environment(PYTHONPATH=path, **environment),
        capture_output=True,
        encoding="utf-8",
        timeout=240,
        check=False,
    )


@pytest.fixture
def data(tmp_path: Path) -> str:
    """A data directory that holds one short document."""
    (tmp_path / "年会.md").write_text(NOTICE, encoding="utf-8")
    directory = tmp_path / "data"
    assert main(["add", str(tmp_path / "年会.md"), "--data", str(directory)]) == 0
    return str(directory)


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("WENJU_"):
            monkeypatch.delenv(name)


@pytest.mark.parametrize("words", [["--help"], ["ask"], ["serve", "--prot", "1"], ["nonsense"]])
def test_help_and_usage_errors_are_quick(words: list[str]) -> None:
    began = time.monotonic()
    done = run(*words)
    assert time.monotonic() - began < 2
    assert done.returncode == (0 if words == ["--help"] else 2)
    assert (done.stdout if words == ["--help"] else done.stderr).startswith("usage: wenju")


def test_every_command_describes_itself_and_the_settings(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for command in ("serve", "ask", "search", "add", "list", "remove", "eval"):
        assert main([command, "--help"]) == 0
        said = capsys.readouterr().out
        assert "--data" in said
        assert "WENJU_X_Y" in said


def test_ask_prints_the_answer_and_its_quotes(
    data: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["ask", "年会在哪里举行？", "--data", data]) == 0
    said = capsys.readouterr().out
    assert "杭州" in said.splitlines()[0]
    assert "[1] 年会通知" in said


def test_ask_json_is_the_interfaces_object(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["ask", "年会在哪里举行？", "--json", "--data", data]) == 0
    body = json.loads(capsys.readouterr().out)
    assert body["answerable"] is True
    for citation in body["citations"]:
        assert citation["quote"] == NOTICE[citation["start"] : citation["end"]]


def test_refusal_exits_with_one(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["ask", "全志科技的营收是多少？", "--json", "--data", data]) == 1
    assert json.loads(capsys.readouterr().out)["answerable"] is False


@pytest.mark.parametrize("question", ["", " ", "\x00", "长" * 2001])
def test_unusable_question_exits_with_two(
    question: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", question, "--data", str(tmp_path)]) == 2
    assert "question" in capsys.readouterr().err


def test_search_prints_passages(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["search", "年会", "--limit", "1", "--data", data]) == 0
    assert "十二月十八日" in capsys.readouterr().out
    assert main(["search", "年会", "--json", "--data", data]) == 0
    assert json.loads(capsys.readouterr().out)["hits"][0]["title"] == "年会通知"


def test_add_list_remove(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "文 档"
    (folder / ".hidden").mkdir(parents=True)
    (folder / "sub").mkdir()
    (folder / "甲.txt").write_text("甲方应于三日内付款。", encoding="utf-8")
    (folder / "sub" / "乙.md").write_text("# 乙\n\n乙方应于五日内交货。", encoding="utf-8")
    (folder / "same.txt").write_text("甲方应于三日内付款。", encoding="utf-8")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    (folder / ".hidden" / "x.txt").write_text("不应读到。", encoding="utf-8")
    data = str(tmp_path / "data")

    assert main(["add", str(folder), "--data", data]) == 0
    said = capsys.readouterr().out
    assert said.count("added") == 2
    assert said.count("already there") == 1

    assert main(["list", "--json", "--data", data]) == 0
    entries = json.loads(capsys.readouterr().out)
    assert sorted(entry["title"] for entry in entries) == ["same", "乙"]

    assert main(["remove", entries[0]["id"], "--data", data]) == 0
    assert main(["remove", entries[0]["id"], "--data", data]) == 2
    capsys.readouterr()
    assert main(["list", "--data", data]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_one_bad_file_does_not_stop_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "b.txt").write_text("乙方应于五日内交货。", encoding="utf-8")
    data = str(tmp_path / "data")
    assert main(["add", str(tmp_path / "a.txt"), str(tmp_path / "b.txt"), "--data", data]) == 3
    said = capsys.readouterr()
    assert "a.txt" in said.err
    assert "added" in said.out


def test_a_path_that_is_not_there_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "b.txt").write_text("乙方应于五日内交货。", encoding="utf-8")
    words = ["add", str(tmp_path / "b.txt"), str(tmp_path / "nope"), "--data", str(tmp_path / "d")]
    assert main(words) == 2
    assert "nope" in capsys.readouterr().err
    assert not (tmp_path / "d").exists()


def test_a_folder_without_documents_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["add", str(tmp_path / "empty"), "--data", str(tmp_path / "d")]) == 2


def test_a_new_directory_gets_the_bundled_article_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(tmp_path / "data")
    assert main(["list", "--json", "--data", data]) == 0
    (entry,) = json.loads(capsys.readouterr().out)
    assert entry["source"] == ARTICLE.name
    assert main(["remove", entry["id"], "--data", data]) == 0
    capsys.readouterr()
    assert main(["list", "--json", "--data", data]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert main(["ask", QUESTION, "--json", "--data", data]) == 1
    assert json.loads(capsys.readouterr().out)["reason"] == "empty"


def test_no_bundled_article_when_not_wanted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", "--json", "--no-bundled", "--data", str(tmp_path / "data")]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_output_is_utf8_whatever_the_locale(tmp_path: Path, data: str) -> None:
    for locale in ({"LC_ALL": "C"}, {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0"}):
        done = run("list", "--data", data, PYTHONUTF8="0", **locale)
        assert done.returncode == 0, done.stderr
        assert "年会通知" in done.stdout


def test_results_go_to_stdout_alone(data: str) -> None:
    done = run("ask", "年会在哪里举行？", "--json", "--data", data)
    assert done.returncode == 0
    json.loads(done.stdout)
    assert done.stderr == ""


def test_unknown_setting_exits_with_two(tmp_path: Path) -> None:
    done = run("list", WENJU_DTAA=str(tmp_path))
    assert done.returncode == 2
    assert "Did you mean WENJU_DATA?" in done.stderr
    (tmp_path / "wenju.toml").write_text("modell = 'x'", encoding="utf-8")
    done = run("list", cwd=tmp_path)
    assert done.returncode == 2
    assert "Did you mean model?" in done.stderr


def test_unusable_data_directory_exits_with_three(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert main(["list", "--data", str(tmp_path / "file" / "data")]) == 3
    assert main(["list", "--data", "/proc/wenju"]) == 3
    assert "/proc/wenju" in capsys.readouterr().err


def test_missing_model_folder_exits_with_three(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = str(tmp_path / "no-model")
    assert main(["ask", "x", "--data", str(tmp_path / "data"), "--model", model]) == 3
    assert "no-model" in capsys.readouterr().err


def test_missing_vocabulary_exits_with_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["list", "--data", str(tmp_path / "data"), "--vocabulary", str(tmp_path / "no.txt")]
    assert main(words) == 2
    assert "no.txt" in capsys.readouterr().err


def test_eval_of_a_missing_file_exits_with_two(tmp_path: Path) -> None:
    assert main(["eval", str(tmp_path / "no.jsonl"), "--data", str(tmp_path / "data")]) == 2


def test_eval_scores_a_question_file(
    tmp_path: Path, library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    question = {
        "id": "1",
        "lang": "zh",
        "type": "amount",
        "history": [],
        "question": QUESTION,
        "answerable": True,
        "answer": ["2.51亿元"],
        "evidence": ["2.51亿元至2.95亿元"],
    }
    path = tmp_path / "questions.jsonl"
    path.write_text(json.dumps(question, ensure_ascii=False) + "\n", encoding="utf-8")
    assert main(["eval", str(path), "--json", "--data", str(library.directory)]) == 0
    assert json.loads(capsys.readouterr().out)
    assert main(["eval", str(path), "--data", str(library.directory)]) == 0
    assert "amount" in capsys.readouterr().out
    assert main(["eval", str(path), "--data", str(library.directory)]) == 0
    assert "since the last run: 0 won, 0 lost" in capsys.readouterr().out


def test_eval_over_documents_leaves_the_library_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "北厂.txt").write_text("北厂的厂长是王刚。北厂做电池。", "utf-8")
    question = {"question": "北厂的厂长是谁", "answerable": True, "answer": ["王刚"]}
    path = tmp_path / "questions.jsonl"
    path.write_text(json.dumps(question, ensure_ascii=False), "utf-8")
    data = tmp_path / "data"
    over = ["--over", str(tmp_path / "北厂.txt")]
    assert main(["eval", str(path), *over, "--json", "--data", str(data)]) == 0
    assert json.loads(capsys.readouterr().out)["questions"][0]["right"]
    assert main(["list", "--json", "--no-bundled", "--data", str(data)]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_interrupt_ends_the_server_cleanly(tmp_path: Path) -> None:
    served = start_server(tmp_path, "--no-bundled")
    wait_until(served, "/readyz")
    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(20) == 0
    assert "Traceback" not in served.log.read_text(encoding="utf-8")


def test_a_taken_port_exits_with_three(tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run("serve", "--port", port, "--no-bundled", "--data", str(tmp_path / "data"))
    assert done.returncode == 3
    assert port in done.stderr
