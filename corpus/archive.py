"""ZIP archives of documents: which members are documents, and their bytes."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.errors import Damaged, Encrypted
from corpus.formats import LEGACY, format_of, suffix
from corpus.zips import member_name, needs_password, open_zip

_MAC = "__MACOSX"


@dataclass(frozen=True, slots=True)
class Member:
    """A document in an archive.

    Attributes:
        name: its name there, with its folders; for people to read, never a path to use.

    """

    name: str
    _archive: zipfile.ZipFile
    _info: zipfile.ZipInfo

    def read(self) -> bytes:
        """Return its bytes.

        Raises:
            Encrypted: they need a password.
            Damaged: they cannot be unpacked.

        """
        if needs_password(self._info):
            raise Encrypted(f"{self.name} needs a password. Unpack it and add the file itself.")
        try:
            return self._archive.read(self._info)
        except Exception as error:
            # A damaged member, one compressed in a way zipfile does not know, and others.
            raise Damaged(
                f"{self.name} is damaged in the archive, or packed in a way that cannot be read. "
                "Unpack it and add the file itself."
            ) from error


def members(content: bytes, name: str) -> Iterator[Member]:
    """Yield the documents in an archive; hidden files and those of other kinds are left out.

    Raises:
        Damaged, TooLarge: see `corpus.zips.open_zip`.

    """
    with open_zip(content, name) as archive:
        for info in archive.infolist():
            inner = member_name(info)
            hidden = any(part.startswith((".", "~$", _MAC)) for part in inner.split("/"))
            if not info.is_dir() and not hidden and (format_of(inner) or suffix(inner) in LEGACY):
                yield Member(inner, archive, info)
