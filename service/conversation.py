"""A conversation as HTML. Everything that comes from people or documents is escaped here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from index.entry import Hit
from qa.answer import Answer, Citation
from service.links import quote_link, range_link

_MARKER = re.compile(r"\[(\d{1,3})\]")
_PREVIEW = 80
_NOT_IN_LINKS = str.maketrans("[]", "()")
_JOINER = "\u2060"
"""Keeps a marker on the line of what it marks."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what came of it.

    Attributes:
        question: what was asked.
        answer: what was answered, once it is known.
        shown: how many characters of the answer are shown so far; None for all.
        notice: what is shown while waiting.
        trouble: what went wrong instead.

    """

    question: str
    answer: Answer | None = None
    shown: int | None = None
    notice: str = ""
    trouble: str = ""


def render(exchanges: Sequence[Exchange], words: Mapping[str, str], root_path: str = "") -> str:
    """Return the conversation as HTML."""
    if not exchanges:
        return (
            f'<div class="welcome"><h1>{escape(words["name"])}</h1><p>{escape(words["motto"])}</p>'
            "</div>"
        )
    body = "".join(_exchange(exchange, words, root_path) for exchange in exchanges)
    return f'<div class="log" role="log" aria-live="polite">{body}</div>'


def _exchange(exchange: Exchange, words: Mapping[str, str], root_path: str) -> str:
    asked = f'<p class="asked">{escape(exchange.question)}</p>'
    if exchange.trouble:
        told = f'<div class="told trouble">{escape(exchange.trouble)}</div>'
    elif exchange.answer is None:
        told = f'<div class="told waiting">{escape(exchange.notice)}</div>'
    elif exchange.answer.answerable:
        told = _answer(exchange.answer, exchange.shown, words, root_path)
    else:
        told = _refusal(exchange.answer, words, root_path)
    if exchange.answer and exchange.shown is None:
        told += _acts(exchange.question, exchange.answer, words, root_path)
    return f'<section class="exchange">{asked}{told}</section>'


def _answer(answer: Answer, shown: int | None, words: Mapping[str, str], root_path: str) -> str:
    links = {
        citation.marker: quote_link(citation.document, citation.start, citation.end, root_path)
        for citation in answer.citations
    }
    text = _with_markers(answer.text[:shown], links)
    if shown is not None:
        return f'<div class="told answer"><p class="text">{text}</p></div>'
    chips = "".join(_chip(citation, links[citation.marker], words) for citation in answer.citations)
    evidence = f'<ol class="chips" aria-label="{escape(words["evidence"])}">{chips}</ol>'
    return f'<div class="told answer"><p class="text">{text}</p>{evidence}</div>'


def _with_markers(text: str, links: Mapping[int, str]) -> str:
    parts, at = [], 0
    for match in _MARKER.finditer(text):
        if link := links.get(int(match[1])):
            parts.append(escape(text[at : match.start()].rstrip(" ")) + _JOINER)
            parts.append(
                f'<sup><a href="{escape(link)}" target="_blank" rel="noopener">{match[1]}</a></sup>'
            )
            at = match.end()
    return "".join([*parts, escape(text[at:])])


def _chip(citation: Citation, link: str, words: Mapping[str, str]) -> str:
    place = citation.section[-1] if citation.section else citation.title
    page = f" · {words['page'].format(page=citation.page)}" if citation.page else ""
    path = " › ".join([citation.title, *citation.section[1:]]) + page
    hint = f"{path}\n「{citation.quote}」\n({words['new_tab']})"
    return (
        f'<li><a class="chip" href="{escape(link)}" target="_blank" rel="noopener"'
        f' title="{escape(hint)}"><b>{citation.marker}</b><span>{escape(place)}</span></a>'
        f"<details><summary>{escape(_short(citation.quote))}</summary>"
        f"<blockquote>{escape(citation.quote)}</blockquote>"
        f'<p class="quiet">{escape(path)}</p></details></li>'
    )


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
        f'<button type="button" data-verdict="{verdict}" aria-pressed="false"'
        f' aria-label="{escape(words[key])}" title="{escape(words[key])}">{sign}</button>'
        for verdict, key, sign in (("up", "good", "👍"), ("down", "bad", "👎"))
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
        f'<li><a href="{escape(link)}" target="_blank" rel="noopener">{escape(place)}</a>'
        f"<span>{escape(_short(hit.text))}</span></li>"
    )


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _PREVIEW else line[: _PREVIEW - 1] + "…"
