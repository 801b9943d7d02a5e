import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Document
from service.arrangement import Group, arrange
from service.layout import Run, lay_out

ALPHABET = st.sampled_from(list("甲乙。，# -|*>`~1.)(\n\r\t 😀a[]!<&\x0c\u3000=:"))


def document(text: str, form: str) -> Document:
    return Document("0" * 16, "t", "", form, text)


@given(st.text(ALPHABET, min_size=1, max_size=200), st.sampled_from(["text", "markdown"]))
def test_every_character_is_there_once_and_in_order(text: str, form: str) -> None:
    at = 0
    for piece in lay_out(document(text, form)):
        assert piece.start == at
        for run in piece.runs:
            assert run.start == at
            at += len(run.text)
            assert text[run.start : at] == run.text
    assert at == len(text)


@given(st.data())
def test_the_quote_is_highlighted_exactly(data: st.DataObject) -> None:
    text = data.draw(st.text(ALPHABET, min_size=2, max_size=200))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    form = data.draw(st.sampled_from(["text", "markdown"]))
    runs = [run for piece in lay_out(document(text, form), (start, end)) for run in piece.runs]
    assert "".join(run.text for run in runs) == text
    quoted = [run for run in runs if run.quoted]
    assert "".join(run.text for run in quoted) == text[start:end]
    assert quoted[0].start == start


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("# 题\n\n一段。\n", ["heading", "gap", "paragraph", "gap"]),
        ("- 甲\n- 乙\n", ["item", "gap", "item", "gap"]),
        ("|甲|乙|\n|--|--|\n|1|2|\n", ["row", "rule", "row", "gap"]),
        ("---\na: b\n---\n正文", ["rest", "paragraph"]),
    ],
)
def test_kinds(text: str, kinds: list[str]) -> None:
    assert [piece.kind for piece in lay_out(document(text, "markdown"))] == kinds


def test_heading_words_have_no_marks() -> None:
    heading = lay_out(document("## 一 ##\n", "markdown"))[0]
    assert (heading.level, heading.words) == (2, "一")


def runs_of(groups: list[Group]) -> list[Run]:
    return [
        run
        for group in groups
        for cell in (
            [group.piece.runs] if group.piece else [c for line in group.lines for c in line.cells]
        )
        for run in cell
    ]


@given(st.data())
def test_tables_and_lists_keep_every_character_and_the_quote(data: st.DataObject) -> None:
    words = st.sampled_from(
        ["|甲|乙|\n|--|--|\n|1|2|\n", "- 项\n", "1. 项", "**重**", "`码`", "\n"]
    )
    text = "".join(data.draw(st.lists(st.one_of(words, ALPHABET), min_size=2, max_size=40)))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    runs = runs_of(list(arrange(lay_out(document(text, "markdown"), (start, end)), markdown=True)))
    at = 0
    for run in runs:
        assert run.start == at
        at += len(run.text)
        assert text[run.start : at] == run.text
    assert at == len(text)
    assert "".join(run.text for run in runs if run.quoted) == text[start:end]


def test_tables_have_cells_and_lists_items() -> None:
    text = "|甲|乙|\n|--|--|\n| 1 | 2\\|3 |\n\n- 一\n  - 二\n\n3. 三\n\n**重**点 `码`"
    groups = list(arrange(lay_out(document(text, "markdown")), markdown=True))
    table, _, items, _, paragraph = groups

    def words(cell: tuple[Run, ...]) -> str:
        return "".join(run.text for run in cell if not run.markup).strip()

    assert [[words(cell) for cell in line.cells] for line in table.lines] == [
        ["甲", "乙"],
        ["1", "2\\|3"],
    ]
    assert [(line.depth, line.number, line.marked) for line in items.lines] == [
        (0, None, True),
        (1, None, True),
        (0, 3, True),
    ]
    assert paragraph.piece is not None
    shown = [(run.text, run.style) for run in paragraph.piece.runs if not run.markup]
    assert shown == [("重", "strong"), ("点 ", ""), ("码", "code")]
