"""An answer as HTML: as a table where it compares, as a list where it lists, with its sources."""

import re
from collections.abc import Mapping, Sequence
from html import escape

from corpus.blocks import cells
from qa.answer import Answer, Citation
from service.links import quote_link

_MARKER = re.compile(r"\[(\d{1,3})\]")
_PREVIEW = 80
_JOINER = "\u2060"
"""Keeps a marker on the line of what it marks."""


def answer_html(
    answer: Answer, shown: int | None, words: Mapping[str, str], root_path: str = ""
) -> str:
    """Return an answer, or its first `shown` characters while it is still arriving."""
    links = quote_links(answer.citations, root_path)
    if shown is not None:
        text = _with_markers(answer.text[:shown], answer.citations, links)
        return f'<div class="told answer"><p class="text">{text}</p></div>'
    chips = "".join(_chip(citation, links[citation.marker], words) for citation in answer.citations)
    return (
        f'<div class="told answer">{_body(answer, links, words)}'
        f'<ol class="chips" aria-label="{escape(words["evidence"])}">{chips}</ol></div>'
    )


def quote_links(citations: Sequence[Citation], root_path: str = "") -> dict[int, str]:
    """Return each citation's address, which also names the others in the same document."""
    links = {}
    for one in citations:
        others = [(c.start, c.end) for c in citations if c.document == one.document and c != one]
        links[one.marker] = quote_link(one.document, one.start, one.end, root_path, also=others)
    return links


def short(text: str) -> str:
    """Return the beginning of `text` on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _PREVIEW else line[: _PREVIEW - 1] + "…"


def _body(answer: Answer, links: Mapping[int, str], words: Mapping[str, str]) -> str:
    citations = answer.citations
    if rows := _rows(citations):
        return _grid(rows, links)
    subjects = dict.fromkeys(citation.subject for citation in citations)
    if len(subjects) > 1 and "" not in subjects:
        return _comparison(citations, links, words)
    lines = answer.text.split("\n")
    if len(lines) < 2 or any(not _MARKER.search(line) for line in lines):
        return f'<p class="text">{_with_markers(answer.text, citations, links)}</p>'
    items = [_with_markers(line, citations, links) for line in lines]
    lead = f'<p class="text">{items.pop(0)}</p>' if citations[0].quote.endswith((":", "：")) else ""
    return f'{lead}<ul class="points">{"".join(f"<li>{item}</li>" for item in items)}</ul>'


def _comparison(
    citations: Sequence[Citation], links: Mapping[int, str], words: Mapping[str, str]
) -> str:
    """Set subjects side by side: one a row, each of its quotes with its marker."""
    rows = []
    for subject in dict.fromkeys(citation.subject for citation in citations):
        cells = "<br>".join(
            escape(citation.quote) + _marker(citation, links)
            for citation in citations
            if citation.subject == subject
        )
        rows.append(f'<tr><th scope="row">{escape(subject)}</th><td>{cells}</td></tr>')
    head = f'<th scope="col">{escape(words["subject"])}</th><th scope="col">{escape(words["told"])}'
    return _table("comparison", f"{head}</th>", rows)


def _rows(citations: Sequence[Citation]) -> list[tuple[Citation, list[str]]]:
    """Return the cells of quotes that are all rows of one table; nothing where they are not."""
    named = {citation.columns for citation in citations if citation.columns}
    rows = [
        (citation, cells(citation.quote))
        for citation in citations
        if citation.columns or citation.quote in named or "|" in citation.quote
    ]
    if len(rows) < len(citations):
        return []
    widths = {len(row) for _, row in rows}
    return rows if len(widths) == 1 and widths != {1} else []


def _grid(rows: Sequence[tuple[Citation, list[str]]], links: Mapping[int, str]) -> str:
    width = len(rows[0][1])
    columns = next((citation.columns for citation, _ in rows if citation.columns), "")
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in cells(columns))
    lines = []
    for citation, row in rows:
        # The header row is cited where the question needs it; its words stand above already.
        kind = "th" if citation.quote == columns else "td"
        *others, last = (escape(cell) for cell in row)
        body = "".join(f"<{kind}>{cell}</{kind}>" for cell in others)
        lines.append(f"<tr>{body}<{kind}>{last}{_marker(citation, links)}</{kind}></tr>")
    cited = any(citation.quote == columns for citation, _ in rows)
    named = columns and len(cells(columns)) == width and not cited
    return _table("rows", head if named else "", lines)


def _table(kind: str, head: str, rows: Sequence[str]) -> str:
    top = f"<thead><tr>{head}</tr></thead>" if head else ""
    return (
        f'<div class="text scroll" tabindex="0"><table class="{kind}">{top}'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _with_markers(text: str, citations: Sequence[Citation], links: Mapping[int, str]) -> str:
    known = {citation.marker: citation for citation in citations}
    parts, at = [], 0
    for match in _MARKER.finditer(text):
        if citation := known.get(int(match[1])):
            parts.append(escape(text[at : match.start()].rstrip(" ")))
            parts.append(_marker(citation, links))
            at = match.end()
    return "".join([*parts, escape(text[at:])])


def _marker(citation: Citation, links: Mapping[int, str]) -> str:
    link = escape(links[citation.marker])
    return (
        f'{_JOINER}<sup><a href="{link}" target="_blank" rel="noopener"'
        f' data-place="{escape(_path(citation))}" data-quote="{escape(citation.quote)}">'
        f"{citation.marker}</a></sup>"
    )


def _chip(citation: Citation, link: str, words: Mapping[str, str]) -> str:
    place = citation.section[-1] if citation.section else citation.title
    page = f" · {words['page'].format(page=citation.page)}" if citation.page else ""
    path = _path(citation) + page
    return (
        f'<li><a class="chip" href="{escape(link)}" target="_blank" rel="noopener"'
        f' data-place="{escape(path)}" data-quote="{escape(citation.quote)}">'
        f"<b>{citation.marker}</b><span>{escape(place + page)}</span></a>"
        f"<details><summary>{escape(short(citation.quote))}</summary>"
        f"<blockquote>{escape(citation.quote)}</blockquote>"
        f'<p class="quiet">{escape(path)}</p></details></li>'
    )


def _path(citation: Citation) -> str:
    """Return where a citation is from; the outermost heading mostly repeats the title."""
    above = citation.section[1:] if citation.title in citation.section[:1] else citation.section
    return " › ".join([citation.title, *above])
