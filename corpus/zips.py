"""Opening ZIP files that strangers made: within limits, and by nobody's path.

Office documents and EPUB books are ZIP files too.
"""

import io
import zipfile

from corpus.errors import Damaged, Encrypted, TooLarge

MAX_MEMBERS = 10_000
"""Most files in one archive."""
MAX_UNPACKED = 512 * 2**20
"""Most bytes that an archive may unpack to."""
MAX_RATIO = 200
"""How many times larger than packed the whole may be; text shrinks some 3 to 20 times."""
_ALWAYS_FINE = 8 * 2**20
"""Bytes that may come out of however few."""

_UTF_8_NAME = 0x800
_PASSWORD = 0x1
_PROLOGUE = 64 * 1024


def open_zip(content: bytes, name: str) -> zipfile.ZipFile:
    """Open a ZIP file whose declared sizes are within the limits; zipfile reads no more than those.

    Raises:
        Damaged: it is no whole ZIP file.
        TooLarge: it has too many members, or they unpack to too much (a zip bomb).

    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = archive.infolist()
    except Exception as error:
        # Besides BadZipFile: struct.error, ValueError, OverflowError and others.
        raise Damaged(
            f"{name} is damaged or incomplete and cannot be unpacked; save or download it again."
        ) from error
    if len(members) > MAX_MEMBERS:
        raise TooLarge(f"{name} has {len(members):,} files inside; the limit is {MAX_MEMBERS:,}.")
    unpacked = sum(member.file_size for member in members)
    if unpacked > max(_ALWAYS_FINE, min(MAX_UNPACKED, MAX_RATIO * len(content))):
        raise TooLarge(
            f"{name} would unpack from {len(content) / 2**20:.1f} to {unpacked / 2**20:,.0f} MiB "
            f"(a zip bomb?); the limits are {MAX_UNPACKED // 2**20} MiB and {MAX_RATIO} times."
        )
    return archive


def open_package(content: bytes, name: str) -> zipfile.ZipFile:
    """Open the ZIP file that an Office document or a book is.

    Raises:
        Damaged, TooLarge: see `open_zip`; a part that defines entities makes it damaged too.
        Encrypted: its parts need a password.

    """
    archive = open_zip(content, name)
    for member in archive.infolist():
        if member.flag_bits & _PASSWORD:
            raise Encrypted(f"{name} is protected by a password. Save it without one and add that.")
        if member.filename.lower().endswith((".xml", ".rels", ".opf")) and member.file_size:
            with archive.open(member) as part:
                start = part.read(_PROLOGUE).replace(b"\0", b"")
            if b"<!ENTITY" in start:
                raise Damaged(f"{name} defines XML entities in {member.filename}; it is not read.")
    return archive


def needs_password(member: zipfile.ZipInfo) -> bool:
    """Tell whether a member is encrypted."""
    return bool(member.flag_bits & _PASSWORD)


def member_name(member: zipfile.ZipInfo) -> str:
    """Return a member's name as its maker wrote it, for people to read; never a path to use.

    Windows in China writes names in GBK and does not say so.
    """
    name = member.filename
    if not member.flag_bits & _UTF_8_NAME:
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    parts = name.replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in ("", ".", ".."))
