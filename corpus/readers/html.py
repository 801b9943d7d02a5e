"""HTML: the main content of a page, its headings, lists and tables."""

import re
from collections.abc import Iterator

from lxml import etree, html
from lxml.html import HtmlElement as Element

from corpus.blocks import BlockKind
from corpus.decoding import decode
from corpus.extract import Extract, Writer, clean, one_line
from corpus.readers.grid import grid, is_layout, merged

_DROPPED = {
    *("script", "style", "template", "noscript", "head", "title", "nav", "aside", "svg", "canvas"),
    *("iframe", "object", "embed", "audio", "video", "button", "select", "textarea", "input"),
    *("datalist", "dialog", "rt", "rp", "map"),
}
_OUTER = {"header", "footer"}
"""Dropped unless they belong to an article."""
_ROLES = {"navigation", "banner", "contentinfo", "complementary", "search", "alert", "dialog"}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_INLINE = {
    *("a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font"),
    *("i", "img", "ins", "kbd", "label", "mark", "math", "meter", "nobr", "output", "progress"),
    *("q", "ruby", "rb", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time"),
    *("tt", "u", "var", "wbr"),
}
_MOST = 0.5
"""Share of the page's words that its main element must hold to be read alone."""
_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "param", "wbr"}
_SELF_CLOSED = re.compile(r"<([A-Za-z][\w:]*)((?:\s[^<>]*?)?)/>")
_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w-]+)|<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w-]+)",
    re.IGNORECASE,
)
_DECLARATIONS_WITHIN = 4096
_ENCODINGS = {
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "x-gbk", "gb_2312-80"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "x-x-big5"), "big5hkscs"),
    **dict.fromkeys(("iso-8859-1", "latin1", "windows-1252"), "cp1252"),
    **dict.fromkeys(("shift_jis", "shift-jis", "x-sjis"), "cp932"),
    **dict.fromkeys(("euc-jp", "euc-kr"), None),
}
"""Names that pages declare, and the superset that browsers read them as."""


def read(content: bytes, name: str) -> Extract:
    """Read a page's main content."""
    writer = Writer(name)
    write_page(_decode(content, name), writer)
    return writer.extract()


def write_page(source: str, writer: Writer, *, whole: bool = False) -> None:
    """Write a page's blocks.

    Args:
        source: the page's HTML or XHTML.
        writer: takes the blocks, and the title where it has none yet.
        whole: whether all of it is content, as in a book, rather than a page of a site.

    """
    root = parse(source)
    if root is None:
        return
    titles = root.xpath("//head/title")
    title = one_line(titles[0].text_content()) if titles else ""
    _prune(root)
    body = root.find("body")
    body = root if body is None else body
    _Page(writer).read(body if whole else _main(body))
    writer.title = writer.title or title or writer.first_heading


def parse(source: str) -> Element | None:
    """Parse HTML, or XHTML as the HTML it nearly is; None where there is nothing in it."""
    source = clean(source)
    if "<?xml" in source[:200] or "//www.w3.org/1999/xhtml" in source[:2000]:
        source = _SELF_CLOSED.sub(_opened, source)
    # Entities of a document type are not read by the HTML parser, nor anything it refers to.
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True, remove_pis=True)
    try:
        return html.document_fromstring(source.encode("utf-8"), parser=parser)
    except etree.ParserError:
        return None


def _opened(match: re.Match[str]) -> str:
    name, attributes = match.groups()
    return match[0] if name.lower() in _VOID else f"<{name}{attributes}></{name}>"


def _decode(content: bytes, name: str) -> str:
    """Decode by the mark, else as declared, else as any text."""
    marked = content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"))
    declared = _DECLARED.search(content[:_DECLARATIONS_WITHIN])
    if declared and not marked:
        label = (declared[1] or declared[2]).decode("ascii", "replace").lower()
        encoding = _ENCODINGS.get(label, "utf-8") or label
        text = content.decode(encoding, "replace")
        # A few broken bytes spoil no page; many mean that the declaration is wrong.
        if text.strip() and text.count("\ufffd") <= len(text) / 1000 and "\0" not in text:
            return text
    return decode(content, name)


def _prune(root: Element) -> None:
    """Take out what is no content; what stands after a dropped element stays."""
    for element in list(root.iter()):
        if isinstance(element.tag, str) and element is not root and _is_dropped(element):
            element.drop_tree()
    # Some systems put all of a page into one form. Asked last, for scripts are no words.
    total = len(root.text_content())
    for form in root.xpath("//form"):
        if form.getparent() is not None and len(form.text_content()) < total * _MOST:
            form.drop_tree()


def _is_dropped(element: Element) -> bool:
    tag, role = element.tag, element.get("role", "")
    if tag == "body" or element.getparent() is None:
        return False
    if tag in _DROPPED or role in _ROLES or "hidden" in element.attrib:
        return True
    if element.get("aria-hidden") == "true" or _HIDDEN.search(element.get("style", "")):
        return True
    return tag in _OUTER and not any(
        above.tag in ("article", "main") for above in element.iterancestors()
    )


def _main(body: Element) -> Element:
    """Return the element that holds most of the words and says that it is the content."""
    total = len(one_line(body.text_content()))
    for path in (".//main", ".//*[@role='main']", ".//article"):
        for found in body.xpath(path):
            if len(one_line(found.text_content())) >= total * _MOST:
                return found
    return body


class _Page:
    """Walks through a page and writes its blocks."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._lines: list[list[str]] = [[]]
        self._kind = BlockKind.PARAGRAPH
        self._mark = ""
        self._depth = 0

    def read(self, element: Element) -> None:
        """Write an element and all that is in it."""
        self._inside(element)
        self._flush()

    def _inside(self, element: Element) -> None:
        self._add(element.text)
        for child in element:
            if isinstance(child.tag, str):
                self._enter(child)
            self._add(child.tail)

    def _add(self, words: str | None) -> None:
        if words:
            self._lines[-1].append(words)

    def _enter(self, element: Element) -> None:
        tag = element.tag
        if tag == "br":
            self._lines.append([])
        elif tag in _INLINE:
            self._inside(element)
        else:
            self._flush()
            self._block(element, tag)
            self._flush()

    def _block(self, element: Element, tag: str) -> None:
        if tag in _HEADINGS:
            words = one_line(_words(element))
            self._writer.block(BlockKind.HEADING, words, level=_HEADINGS[tag])
        elif tag == "pre":
            words = clean(_words(element)).strip("\n").rstrip()
            self._writer.block(BlockKind.CODE, words.expandtabs(4))
        elif tag in ("ul", "ol"):
            self._list(element)
        elif tag == "table" and not is_layout(element):
            self._table(element)
        elif tag in ("li", "dt", "dd"):
            self._item(element, "• " if tag == "li" else "")
        else:
            self._inside(element)

    def _list(self, element: Element) -> None:
        number = _whole(element.get("start"), 1)
        self._depth += 1
        self._add(element.text)
        for child in element:
            if child.tag == "li":
                self._flush()
                self._item(child, f"{number}. " if element.tag == "ol" else "• ")
                number += 1
            elif isinstance(child.tag, str):
                self._enter(child)
            self._add(child.tail)
        self._flush()
        self._depth -= 1

    def _item(self, element: Element, mark: str) -> None:
        before = self._kind, self._mark
        self._kind, self._mark = BlockKind.ITEM, "  " * (self._depth - 1) + mark
        self._inside(element)
        self._flush()
        self._kind, self._mark = before[0], ""

    def _table(self, element: Element) -> None:
        for caption in element.findall("caption"):
            self._writer.block(BlockKind.PARAGRAPH, one_line(_words(caption)))
        head, body = merged(grid(element, _words))
        header = self._writer.row(head, names=True)
        for row in body:
            self._writer.row(row, header)

    def _flush(self) -> None:
        """Write the lines gathered so far, each a block; they stand below each other."""
        lines, self._lines = self._lines, [[]]
        close = False
        for line in lines:
            mark = "" if close else self._mark
            words = one_line("".join(line))
            if self._writer.block(self._kind, words, mark=mark, close=close):
                close, self._mark = True, ""


def _words(element: Element) -> str:
    return "".join(_pieces(element))


def _pieces(element: Element) -> Iterator[str]:
    """Yield an element's words, with a space or a line end where its blocks meet."""
    if element.text:
        yield element.text
    for child in element:
        if isinstance(child.tag, str):
            apart = child.tag not in _INLINE
            if apart:
                yield "\n"
            yield from _pieces(child)
            if apart and child.tag != "br":
                yield "\n"
        if child.tail:
            yield child.tail


def _whole(number: str | None, default: int) -> int:
    return int(number) if number and re.fullmatch(r"\d{1,6}", number) else default
