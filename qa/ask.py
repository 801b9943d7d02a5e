"""From a question to an answer: the steps in order."""

from collections.abc import Collection, Sequence
from dataclasses import asdict

from index.view import View
from qa.answer import Answer, Citation, Reason, Turn
from qa.candidate import Candidate
from qa.description import with_name
from qa.evidence import candidates
from qa.followup import complete
from qa.lexicon import lexicon_of
from qa.premise import misplaced
from qa.question import MAX_QUESTION, Question, clean, is_strange, language_of, understand
from qa.quote import Quote
from qa.reader import Reader
from qa.refusal import THRESHOLD, confidence, reason_for
from qa.search import search
from qa.selection import select
from qa.wording import MISPLACED, REFUSALS

__all__ = ["MAX_QUESTION", "ask"]

RELATED = 3
"""Passages offered with a refusal."""


def ask(
    view: View,
    question: str,
    history: Sequence[Turn] = (),
    documents: Collection[str] = (),
    *,
    reader: Reader | None = None,
    threshold: float = THRESHOLD,
) -> Answer:
    """Answer `question` from the library, or refuse.

    Args:
        view: the library.
        question: in Chinese (simplified or traditional) or English.
        history: the conversation so far, oldest first.
        documents: ids to restrict the answer to; all when empty.
        reader: judges question and passages together; without one, similarity and words do.
        threshold: confidence from which the question is answered.

    Raises:
        InvalidInput: the question is empty or longer than `MAX_QUESTION`.

    """
    lexicon = lexicon_of(view)
    asked = clean(question)
    language = language_of(asked)
    if not len(view):
        return Answer(False, REFUSALS[Reason.EMPTY, language], (), asked, Reason.EMPTY, 0.0)
    used = with_name(asked, view, lexicon, documents)
    used = complete(used, history, lexicon, lambda text: is_strange(text, view, lexicon))
    understood = understand(used, view, lexicon)
    found = candidates(understood, view, lexicon, documents, reader)
    sure = confidence(understood, found) if found else 0.0
    if not found or sure < threshold:
        return _refuse(view, understood, found, sure, language, documents)
    return _answer(understood, select(understood, found), sure)


def _refuse(
    view: View,
    question: Question,
    found: Sequence[Candidate],
    sure: float,
    language: str,
    documents: Collection[str],
) -> Answer:
    reason = reason_for(question, found) if found else Reason.OFF_TOPIC
    related = tuple(search(view, question.text, RELATED, documents, question.plain))
    text = REFUSALS[reason, language]
    if wrong := misplaced(question, found):
        text += MISPLACED[language].format(**asdict(wrong))
    return Answer(False, text, (), question.text, reason, round(sure, 4), related)


def _answer(question: Question, quotes: Sequence[Quote], sure: float) -> Answer:
    citations = tuple(_cite(marker, quote, sure) for marker, quote in enumerate(quotes, 1))
    lines = [_line(quote, marker) for marker, quote in enumerate(quotes, 1)]
    return Answer(True, "\n".join(lines), citations, question.text, None, round(sure, 4))


def _line(quote: Quote, marker: int) -> str:
    label = f"{quote.label}：" if quote.label else ""
    return f"{label}{quote.text} [{marker}]"


def _cite(marker: int, quote: Quote, sure: float) -> Citation:
    sentence = quote.candidate.sentence
    return Citation(
        marker=marker,
        document=sentence.document,
        title=sentence.title,
        section=sentence.section,
        page=sentence.page,
        start=quote.start,
        end=quote.end,
        quote=quote.text,
        score=round(sure, 4),
        subject=quote.subject,
        columns=sentence.header,
    )
