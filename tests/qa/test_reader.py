import pytest

from index.encoder import Encoder
from index.entry import Page
from qa.reader import Reader

TEXT = "北厂在一九八三年建成。厂长是王刚。北厂去年生产电池三百万只，南厂生产电机五万台。"


@pytest.fixture(scope="module")
def reader(encoder: Encoder) -> Reader:
    return Reader(encoder)


def page(words: str, start: int = 0, heading: str = "") -> Page:
    return Page(heading + words, start, len(heading))


@pytest.mark.parametrize(
    ("question", "answer"), [("厂长是谁？", "王刚"), ("北厂哪一年建成？", "一九八三年")]
)
def test_finds_the_words_that_answer(reader: Reader, question: str, answer: str) -> None:
    reading = reader.read(question, [page(TEXT)])[0]
    span = reading.best(0, len(TEXT))
    assert span is not None
    assert answer in TEXT[max(0, span.start - 2) : span.end + 2]


def test_ranges_count_in_the_document_not_in_the_heading(reader: Reader) -> None:
    question = "厂长是谁？"
    plain = reader.read(question, [page(TEXT)])[0].best(0, len(TEXT))
    headed = reader.read(question, [page(TEXT, 100, "北厂概况\n")])[0].best(100, 100 + len(TEXT))
    assert plain is not None
    assert headed is not None
    assert TEXT[headed.start - 100 : headed.end - 100] == TEXT[plain.start : plain.end]


def test_spans_stay_inside_the_range_asked_for(reader: Reader) -> None:
    reading = reader.read("厂长是谁？", [page(TEXT)])[0]
    start, end = TEXT.index("北厂去年"), len(TEXT)
    span = reading.best(start, end)
    assert span is not None
    assert start <= span.start < span.end <= end
    assert reading.best(0, 0) is None


def test_only_what_is_shown_is_read(reader: Reader) -> None:
    start, end = TEXT.index("厂长"), TEXT.index("北厂去年")
    reading = reader.read("厂长是谁？", [page(TEXT)], [[(start, end)]])[0]
    assert reading.best(start, end) is not None
    assert reading.best(end, len(TEXT)) is None
    whole = reader.read("厂长是谁？", [page(TEXT)], [[(0, len(TEXT))]])[0]
    assert whole.answers == pytest.approx(
        reader.read("厂长是谁？", [page(TEXT)])[0].answers, abs=0.01
    )


def test_a_passage_that_answers_is_told_from_one_that_does_not(reader: Reader) -> None:
    other = "南湖公园的樱花大多在四月开放，游客可以坐船。"
    asked, stranger = reader.read("北厂的厂长是谁？", [page(TEXT), page(other)])
    first, second = asked.best(0, len(TEXT)), stranger.best(0, len(other))
    assert first is not None
    assert second is not None
    assert first.score > second.score


def test_the_order_and_number_of_passages_change_nothing(reader: Reader) -> None:
    pages = [page(TEXT), page("公园六点开放。"), page("电池" * 60)]
    alone = reader.read("厂长是谁？", pages[:1])[0]
    among = reader.read("厂长是谁？", pages[::-1])[2]
    assert alone.answers == pytest.approx(among.answers, abs=0.05)
    assert reader.read("厂长是谁？", []) == []


def test_only_the_model_it_was_trained_on(encoder: Encoder) -> None:
    assert Reader.fits("multilingual-e5-small")
    assert not Reader.fits("BAAI/bge-m3")


def test_words_come_near_those_that_mean_the_same(reader: Reader) -> None:
    words = "本店于九点开门。钥匙在抽屉里。"
    reading = reader.read("店铺几点营业？", [page(words, 40, "须知\n")])[0]
    own, above = reading.nearest(40, 48)
    other, _ = reading.nearest(48, 55)
    assert own.shape == above.shape == reading.asked[0].shape
    assert own.mean() > other.mean()
    assert own.max() <= 1.0
    # No token stands there.
    assert set(reading.nearest(300, 310)[0].tolist()) == {-1.0}
