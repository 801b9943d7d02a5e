from dataclasses import fields
from pathlib import Path

import pytest

from corpus.errors import SettingsError
from index.model import DEFAULT_MODEL
from service.settings import TABLE, Settings, read_settings


def read(folder: Path, toml: str = "", flags: dict[str, str] | None = None, **environment: str):
    if toml:
        (folder / "wenju.toml").write_text(toml, encoding="utf-8")
    return read_settings(flags, {"WENJU_DATA": str(folder / "data"), **environment}, folder=folder)


def test_defaults_are_the_bundled_model_on_loopback() -> None:
    assert Settings().model == DEFAULT_MODEL
    assert (Settings().host, Settings().port) == ("127.0.0.1", 7860)


def test_every_setting_has_its_three_names_and_a_description() -> None:
    assert list(TABLE) == [row.name for row in fields(Settings)]
    for name, row in TABLE.items():
        assert row.flag == "--" + name.replace("_", "-")
        assert row.variable == "WENJU_" + name.upper()
        assert row.help


def test_flag_beats_variable_beats_file_beats_default(tmp_path: Path) -> None:
    assert read(tmp_path).port == 7860
    assert read(tmp_path, "port = 1").port == 1
    assert read(tmp_path, "port = 1", WENJU_PORT="2").port == 2
    assert read(tmp_path, "port = 1", {"port": "3"}, WENJU_PORT="2").port == 3


def test_file_in_the_data_directory_is_read_when_the_current_one_has_none(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "wenju.toml").write_text('log_level = "error"', encoding="utf-8")
    assert read(tmp_path).log_level == "error"
    assert read(tmp_path, "port = 1").log_level == "info"


def test_paths_in_a_file_start_from_its_folder(tmp_path: Path) -> None:
    settings = read(tmp_path, 'vocabulary = ["词.txt"]\ncache = "cache"')
    assert settings.vocabulary == (tmp_path / "词.txt",)
    assert settings.cache == tmp_path / "cache"


def test_config_variable_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "other.toml"
    path.write_text("port = 9", encoding="utf-8")
    assert read(tmp_path, WENJU_CONFIG=str(path)).port == 9


def test_empty_variable_is_no_variable(tmp_path: Path) -> None:
    assert read(tmp_path, WENJU_PORT="").port == 7860


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("prot = 1", ["prot", "Did you mean port?", "log_level"]),
        ('port = "7860"', ["port", "port number"]),
        ("port = true", ["port"]),
        ("port = 70000", ["port"]),
        ("bundled = 1", ["bundled", "true or false"]),
        ("data = 3", ["data", "a path"]),
        ('vocabulary = "a.txt"', ["vocabulary", "list"]),
        ('log_level = "loud"', ["log_level", "debug"]),
        ('root_path = "docs"', ["root_path"]),
        ("max_upload = 0", ["max_upload"]),
        ("[server]\nport = 1", ["server"]),
        ("port = ", ["wenju.toml"]),
    ],
)
def test_what_a_file_gets_wrong_is_named(tmp_path: Path, toml: str, words: list[str]) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, toml)
    for word in words:
        assert word in str(caught.value)


def test_unknown_variable_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"WENJU_PROT.*Did you mean WENJU_PORT\?"):
        read(tmp_path, WENJU_PROT="1")


def test_wrong_variable_and_flag_are_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="WENJU_PORT must be"):
        read(tmp_path, WENJU_PORT="many")
    with pytest.raises(SettingsError, match="--port must be"):
        read(tmp_path, flags={"port": "-1"})


def test_root_path_loses_its_last_slash(tmp_path: Path) -> None:
    assert read(tmp_path, 'root_path = "/docs/"').root_path == "/docs"
    assert read(tmp_path, 'root_path = "/"').root_path == ""
