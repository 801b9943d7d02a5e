from qa.answer import Answer, Citation, Reason
from service.conversation import Exchange, render
from service.words import WORDS, preferred

EVIL = "<img src=x onerror=alert(1)>\"'&${alert(1)}{{value}}"


def answer(text: str) -> Answer:
    citation = Citation(1, "0" * 16, EVIL, (EVIL, EVIL), 3, 5, 9, EVIL, 0.9)
    return Answer(True, text, (citation,), "q", None, 0.9)


def test_everything_is_escaped() -> None:
    exchanges = [
        Exchange(EVIL, answer(EVIL + " [1]")),
        Exchange(EVIL, answer(EVIL), shown=12),
        Exchange(EVIL, Answer(False, EVIL, (), "q", Reason.NOT_STATED, 0.1)),
        Exchange(EVIL, trouble=EVIL),
        Exchange(EVIL, notice=EVIL),
    ]
    html = render(exchanges, WORDS["zh"])
    assert "<img" not in html
    assert 'onerror=alert(1)>"' not in html


def test_markers_link_to_their_quotes() -> None:
    html = render([Exchange("q", answer("甲 [1] 乙 [2]"))], WORDS["en"], "/docs")
    address = "/docs/read/0000000000000000?c=5-9#c5-9"
    assert f'<sup><a href="{address}"' in html
    assert "乙 [2]" in html
    assert html.count(address) == 2
    assert 'target="_blank" rel="noopener"' in html


def test_refusal_is_of_its_own_kind() -> None:
    refused = Answer(False, "没有说明。", (), "q", Reason.NOT_STATED, 0.1)
    html = render([Exchange("q", refused)], WORDS["zh"])
    assert 'class="told refusal"' in html
    assert "chips" not in html


def test_language_follows_the_browser() -> None:
    assert preferred("en-GB,en;q=0.9,zh;q=0.1") == "en"
    assert preferred("zh-TW,zh;q=0.9,en;q=0.8") == "zh"
    assert preferred("de,en;q=0.5,zh-CN;q=0.7") == "zh"
    assert preferred("de") == "en"
    assert preferred(None) == "zh"
    assert preferred("en", "zh") == "zh"
    assert preferred("en;q=x,,;", "xx") == "en"


def test_both_languages_have_all_the_words() -> None:
    assert WORDS["zh"].keys() == WORDS["en"].keys()
    assert all(word for words in WORDS.values() for word in words.values())
