import pytest

from corpus.loading import load_text
from corpus.segmentation import Segmenter
from index.encoder import Encoder
from index.library import Library
from qa.candidate import Candidate
from qa.evidence import candidates
from qa.lexicon import lexicon_of
from qa.question import understand

TEXT = """# 厂商

## 甲厂：电池

甲厂成立于1990年。该公司的客户有丙公司。乙厂也在同年成立，其客户是丁公司。

公司去年推出智能眼镜用的电池。续航约四小时。

## 乙厂：电机

报告期内营收3亿元。主要产品如下：

- 伺服电机
- 步进电机

# 市场

## 智能眼镜：前景

市场很大。

这类产品以轻便为先。
"""


@pytest.fixture(scope="module")
def found(
    tmp_path_factory: pytest.TempPathFactory, encoder: Encoder, segmenter: Segmenter
) -> dict[str, Candidate]:
    library = Library(tmp_path_factory.mktemp("library"), encoder, segmenter)
    library.add(load_text(TEXT, "厂商.md", "markdown"))
    with library.view() as view:
        lexicon = lexicon_of(view)
        judged = candidates(understand("甲厂的客户有哪些", view, lexicon), view, lexicon)
    return {candidate.sentence.text: candidate for candidate in judged}


@pytest.mark.parametrize(
    ("sentence", "about"),
    [
        ("该公司的客户有丙公司。", ["甲厂"]),
        ("乙厂也在同年成立，其客户是丁公司。", ["乙厂"]),
        # A product is talked about as the company's under whose heading it stands.
        ("公司去年推出智能眼镜用的电池。", ["甲厂", "智能眼镜"]),
        ("续航约四小时。", ["甲厂", "智能眼镜"]),
        ("报告期内营收3亿元。", ["乙厂"]),
        ("伺服电机", ["乙厂"]),
        ("这类产品以轻便为先。", ["智能眼镜"]),
    ],
)
def test_whose_sentence_it_is(found: dict[str, Candidate], sentence: str, about: list[str]) -> None:
    assert [name.shown for name in found[sentence].topics] == about


def test_a_list_item_inherits_the_line_that_announces_it(found: dict[str, Candidate]) -> None:
    assert "主要产品如下" in found["步进电机"].context


def test_another_company_s_customers_come_after(found: dict[str, Candidate]) -> None:
    order = list(found)
    assert order.index("该公司的客户有丙公司。") < order.index("乙厂也在同年成立，其客户是丁公司。")
