"""Search terms: whatever way a name or number is written, its terms meet."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import assume, given

from corpus import segmentation
from corpus.folding import fold
from corpus.segmentation import STOP_TERMS, Segmenter, read_vocabulary
from tests.corpus.texts import PROPERTY, TEXTS

ROOT = Path(segmentation.__file__).parents[1]


class TestPartNumbers:
    @pytest.mark.parametrize(
        "written",
        ["RK3588", "rk3588", "ＲＫ３５８８", "rk-3588", "RK 3588", "RK_3588", "Rk－３５８８"],
    )
    def test_one_term_for_all_ways_to_write_it(self, written: str, segmenter: Segmenter) -> None:
        assert "rk3588" in segmenter.terms(written)
        assert "rk3588" in segmenter.terms(f"瑞芯微的{written}芯片")

    @pytest.mark.parametrize("written", ["STM32N6", "stm 32n6", "STM32 N6", "stm-32-n6"])
    def test_pieces_join(self, written: str, segmenter: Segmenter) -> None:
        assert "stm32n6" in segmenter.terms(written)

    @pytest.mark.parametrize("written", ["AR1 Gen1", "AR1Gen1", "ar1-gen1"])
    def test_names_in_two_words(self, written: str, segmenter: Segmenter) -> None:
        assert "ar1gen1" in segmenter.terms(written)

    def test_alternatives_stay_apart(self, segmenter: Segmenter) -> None:
        terms = segmenter.terms("RK3588/RK356X")
        assert {"rk3588", "rk356x"} <= set(terms)
        assert "rk3588rk356x" not in terms

    def test_words_are_not_joined(self, segmenter: Segmenter) -> None:
        assert segmenter.terms("smart speaker chips") == ["smart", "speaker", "chips"]
        assert "wifi" in segmenter.terms("Wi-Fi")


class TestNumbers:
    @pytest.mark.parametrize(
        ("text", "numbers"),
        [
            ("2.51亿元至2.95亿元", {"2.51", "2.95"}),
            ("增长71.97%-85.42%", {"71.97%", "85.42%"}),
            ("占６％", {"6%"}),
            ("１．５倍", {"1.5"}),
            ("1,234.5万", {"1,234.5"}),
            ("550万台", {"550"}),
        ],
    )
    def test_they_stay_whole(self, text: str, numbers: set[str], segmenter: Segmenter) -> None:
        terms = segmenter.terms(text)
        assert {term for term in terms if term[0].isdigit()} == numbers


class TestNames:
    @pytest.mark.parametrize(
        "name",
        ["瑞芯微", "晶晨股份", "乐鑫科技", "全志科技", "恒玄科技", "中科蓝讯", "弗若斯特沙利文"],
    )
    def test_vendors_stay_whole(self, name: str, segmenter: Segmenter) -> None:
        assert name in segmenter.terms(f"据悉{name}预计增长")
        assert name in segmenter.words(f"据悉{name}预计增长")

    def test_a_long_word_comes_with_the_short_ones_in_it(self, segmenter: Segmenter) -> None:
        assert {"半导体", "导体"} <= set(segmenter.terms("半导体"))


class TestFolding:
    @pytest.mark.parametrize(
        ("traditional", "simplified"),
        [
            ("端側AI眼鏡的銷量", "端侧AI眼镜的销量"),
            ("全誌科技歸母淨利潤", "全志科技归母净利润"),
            ("ＳＯＣ晶片", "soc晶片"),
        ],
    )
    def test_script_does_not_matter(
        self, traditional: str, simplified: str, segmenter: Segmenter
    ) -> None:
        assert segmenter.terms(traditional) == segmenter.terms(simplified) != []
        assert segmenter.words(traditional) == segmenter.words(simplified)

    def test_other_scripts_have_terms_too(self, segmenter: Segmenter) -> None:
        assert segmenter.terms("Привет, мир! カタカナ") == ["привет", "мир", "カタカナ"]

    def test_stop_terms_are_left_out(self, segmenter: Segmenter) -> None:
        assert segmenter.terms("请问什么是的？What is the") == []
        assert {fold(term) for term in STOP_TERMS} == STOP_TERMS

    @given(TEXTS)
    @PROPERTY
    def test_terms_of_any_text(self, segmenter: Segmenter, text: str) -> None:
        terms = segmenter.terms(text)
        assert not STOP_TERMS & set(terms)
        assert all(term and not any(char.isspace() for char in term) for term in terms)
        folded = fold(text)
        assume(fold(folded) == folded)
        assert terms == segmenter.terms(folded)

    @given(TEXTS)
    @PROPERTY
    def test_words_are_the_folded_text_without_spaces(
        self, segmenter: Segmenter, text: str
    ) -> None:
        joined = "".join(segmenter.words(text))
        assert "".join(joined.split()) == "".join(fold(text).split())


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("vocabulary") / "words.txt"
    path.write_text("\ufeff# 注释\n\n戊己庚科技 = 戊己庚 = WJG # 说明\n臺灣積體電路\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def own(vocabulary: Path) -> Segmenter:
    return Segmenter([vocabulary])


class TestVocabulary:
    def test_a_line_names_one_thing(self, vocabulary: Path, own: Segmenter) -> None:
        entries = [("戊己庚科技", "戊己庚", "WJG"), ("臺灣積體電路",)]
        assert read_vocabulary(vocabulary) == entries
        assert list(own.vocabulary[-2:]) == entries

    def test_the_bundled_words_come_first(self, own: Segmenter, segmenter: Segmenter) -> None:
        assert own.vocabulary[:-2] == segmenter.vocabulary
        assert ("瑞芯微", "瑞芯微电子", "Rockchip") in segmenter.vocabulary

    @pytest.mark.parametrize("name", ["戊己庚科技", "台湾积体电路", "臺灣積體電路"])
    def test_its_words_stay_whole_here_and_nowhere_else(
        self, name: str, own: Segmenter, segmenter: Segmenter
    ) -> None:
        assert fold(name) in own.words(f"采购{name}的产品")
        assert fold(name) not in segmenter.words(f"采购{name}的产品")

    def test_a_word_added_later_counts_at_once(self, own: Segmenter) -> None:
        assert "丙丁戊公司" not in own.words("丙丁戊公司成立")
        own.add_word("丙丁戊公司")
        assert "丙丁戊公司" in own.terms("丙丁戊公司成立")
        assert "丙丁戊公司" in own.words("丙丁戊公司成立")

    def test_a_missing_file_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            read_vocabulary(tmp_path / "none.txt")


def test_importing_and_cutting_is_silent() -> None:
    code = "from corpus.segmentation import Segmenter; print(*Segmenter().words('瑞芯微的芯片'))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "瑞芯微 的 芯片\n", "")


@pytest.mark.parametrize(
    ("word", "noun"), [("天气", True), ("上海", True), ("休息", False), ("不在词典里", False)]
)
def test_nouns(segmenter: Segmenter, word: str, noun: bool) -> None:
    assert segmenter.is_noun(word) is noun
