"""A conversation as HTML. Everything that comes from people or documents is escaped here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from index.entry import Hit
from qa.answer import Answer
from service.answers import answer_html, short
from service.links import quote_link, range_link

_NOT_IN_LINKS = str.maketrans("[]", "()")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what came of it.

    Attributes:
        question: what was asked.
        answer: what was answered, once it is known.
        shown: how many characters of the answer are shown so far; None for all.
        notice: what is shown while waiting.
        trouble: what went wrong instead.
        next: questions that may follow, once they are known.

    """

    question: str
    answer: Answer | None = None
    shown: int | None = None
    notice: str = ""
    trouble: str = ""
    next: tuple[str, ...] = ()


def render(exchanges: Sequence[Exchange], words: Mapping[str, str], root_path: str = "") -> str:
    """Return the conversation as HTML."""
    if not exchanges:
        return (
            f'<div class="welcome"><h1>{escape(words["name"])}</h1><p>{escape(words["motto"])}</p>'
            "</div>"
        )
    body = "".join(_exchange(exchange, words, root_path) for exchange in exchanges)
    body += _next(exchanges[-1].next, words)
    return f'<div class="log" role="log" aria-live="polite">{body}</div>'


def _exchange(exchange: Exchange, words: Mapping[str, str], root_path: str) -> str:
    asked = f'<p class="asked">{escape(exchange.question)}</p>'
    if exchange.trouble:
        told = f'<div class="told trouble">{escape(exchange.trouble)}</div>'
    elif exchange.answer is None:
        told = f'<div class="told waiting">{escape(exchange.notice)}</div>'
    elif exchange.answer.answerable:
        told = answer_html(exchange.answer, exchange.shown, words, root_path)
    else:
        told = _refusal(exchange.answer, words, root_path)
    if exchange.answer and exchange.shown is None:
        told += _acts(exchange.question, exchange.answer, words, root_path)
    return f'<section class="exchange">{asked}{told}</section>'


def _next(questions: Sequence[str], words: Mapping[str, str]) -> str:
    """Return buttons that ask; `static/chat.js` presses the one for asking after them."""
    if not questions:
        return ""
    chips = "".join(
        f'<button type="button" data-ask="{escape(each)}">{escape(each)}</button>'
        for each in questions
    )
    return f'<div class="next" role="group" aria-label="{escape(words["next"])}">{chips}</div>'


def _acts(question: str, answer: Answer, words: Mapping[str, str], root_path: str) -> str:
    """Return what can be done with an answer; `static/chat.js` does it."""
    data = {
        "question": answer.question_used or question,
        "answer": answer.text,
        "markdown": markdown(answer, root_path),
        "feedback": f"{root_path}/api/feedback",
        "why": words["why"],
    }
    given = "".join(f' data-{key}="{escape(value)}"' for key, value in data.items())
    done = escape(words["copied"])
    verdicts = "".join(
        f'<button type="button" data-verdict="{verdict}" aria-pressed="false">'
        f"{escape(words[key])}</button>"
        for verdict, key in (("up", "good"), ("down", "bad"))
    )
    return (
        f'<p class="acts"{given}>'
        f'<button type="button" data-act="copy" data-done="{done}">{escape(words["copy"])}</button>'
        f'<button type="button" data-act="share" data-done="{done}">{escape(words["share"])}'
        f"</button>{verdicts}</p>"
    )


def markdown(answer: Answer, root_path: str = "") -> str:
    """Return an answer with its citations as Markdown, for a wiki; links begin with `/`."""
    lines = [answer.text.replace("\n", "  \n"), ""]
    for citation in answer.citations:
        place = " › ".join([citation.title, *citation.section[1:]]).translate(_NOT_IN_LINKS)
        link = range_link(citation.document, citation.start, citation.end, root_path)
        quote = " ".join(citation.quote.split())
        lines.append(f"[{citation.marker}] [{place}]({link})：「{quote}」  ")
    return "\n".join(lines).rstrip()


def _refusal(answer: Answer, words: Mapping[str, str], root_path: str) -> str:
    text = (
        f'<p class="kind">{escape(words["refused"])}</p><p class="text">{escape(answer.text)}</p>'
    )
    if not answer.related:
        return f'<div class="told refusal">{text}</div>'
    related = "".join(_related(hit, root_path) for hit in answer.related)
    return (
        f'<div class="told refusal">{text}<p class="quiet">{escape(words["related"])}</p>'
        f'<ul class="related">{related}</ul></div>'
    )


def _related(hit: Hit, root_path: str) -> str:
    link = quote_link(hit.document, hit.start, hit.end, root_path)
    place = hit.section[-1] if hit.section else hit.title
    return (
        f'<li><a class="near" href="{escape(link)}" target="_blank" rel="noopener"'
        f' data-place="{escape(place)}">{escape(place)}</a>'
        f"<span>{escape(short(hit.text))}</span></li>"
    )
