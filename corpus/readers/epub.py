"""EPUB: the pages of the book's spine, one after the other."""

import posixpath
import zipfile
from collections.abc import Iterator
from urllib.parse import unquote

from lxml import etree

from corpus.decoding import decode
from corpus.errors import Damaged, Encrypted
from corpus.extract import Extract, Writer, one_line
from corpus.readers.html import write_page
from corpus.zips import open_package

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_FONT_ONLY = {"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"}
"""Ways to garble fonts, which are not read anyway."""
_PAGES = {"application/xhtml+xml", "text/html"}
_LARGEST_PART = 64 * 2**20


def read(content: bytes, name: str) -> Extract:
    """Read a book.

    Raises:
        Encrypted: its pages are.
        Damaged: it names no pages.

    """
    with open_package(content, name) as archive:
        _refuse_locked(archive, name)
        package = _package(archive, name)
        tree = _xml(archive, package)
        writer = Writer(name)
        writer.title = one_line(_first(tree, "title"))
        for part in _spine(tree, posixpath.dirname(package)):
            if part in archive.NameToInfo:
                write_page(_page(archive, part, name), writer, whole=True)
        return writer.extract()


def _refuse_locked(archive: zipfile.ZipFile, name: str) -> None:
    if _ENCRYPTION not in archive.NameToInfo:
        return
    ways = {
        element.get("Algorithm")
        for element in _all(_xml(archive, _ENCRYPTION), "EncryptedData")
        for element in _all(element, "EncryptionMethod")
    }
    if ways - _FONT_ONLY:
        raise Encrypted(f"{name} is locked to its buyer (DRM) and cannot be read.")


def _package(archive: zipfile.ZipFile, name: str) -> str:
    for element in _all(_xml(archive, _CONTAINER), "rootfile"):
        if path := element.get("full-path"):
            return str(path)
    raise Damaged(f"{name} names no book inside; download it again.")


def _spine(tree: etree._Element, folder: str) -> Iterator[str]:
    """Yield the names of the pages in reading order; they are looked up among the members only."""
    pages = {
        element.get("id"): element.get("href", "")
        for element in _all(tree, "item")
        if element.get("media-type") in _PAGES
        and "nav" not in element.get("properties", "").split()
    }
    for element in _all(tree, "itemref"):
        if href := pages.get(element.get("idref")):
            yield posixpath.normpath(posixpath.join(folder, unquote(href)))


def _page(archive: zipfile.ZipFile, part: str, name: str) -> str:
    content = archive.read(part)
    return decode(content, name) if content.strip() else ""


def _xml(archive: zipfile.ZipFile, part: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(archive.read(part), parser)


def _all(tree: etree._Element, name: str) -> list[etree._Element]:
    """Return the elements of a name in whatever namespace."""
    return [element for element in tree.iter("{*}" + name)]


def _first(tree: etree._Element, name: str) -> str:
    return next((element.text or "" for element in _all(tree, name)), "")
