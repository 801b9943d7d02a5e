"""Whatever is typed, the answer keeps its promises, or the question is refused by name."""

from hypothesis import HealthCheck, example, given, settings

from index.library import Library
from tests.qa.questions import HISTORIES, STRINGS, check_question

FEW = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))


@FEW
@given(STRINGS, HISTORIES)
@example("瑞芯微2025年预计营收多少", ["\0", "[1]"])
@example("२०२५年有哪些", [])
def test_any_question(library: Library, question: str, history: list[str]) -> None:
    with library.view() as view:
        check_question(view, question, history)


def test_the_check_sees_answers(library: Library) -> None:
    with library.view() as view:
        assert check_question(view, "瑞芯微2025年预计营收多少")
        assert not check_question(view, "\u200b")
