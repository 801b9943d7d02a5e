"""What can go wrong, said so that the reader knows what to do next.

One small hierarchy for every room. The door (HTTP, command line) maps each class to a status and an
exit code; nothing here knows about either.
"""


class WenjuError(Exception):
    """Base of every error this project raises on purpose. `str(error)` is fit for a user."""


class InvalidInput(WenjuError):
    """A value given by the caller cannot be used.

    Attributes:
        field: name of the offending field, or None when no single field is to blame.

    """

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class UnsupportedFormat(WenjuError):
    """The bytes are of a kind that cannot be turned into text here."""


class Mislabelled(UnsupportedFormat):
    """A file's bytes are of another kind than its name says."""


class Encrypted(UnsupportedFormat):
    """A file cannot be read without a password or a licence."""


class NoTextLayer(UnsupportedFormat):
    """A file holds pictures of text, or text whose characters cannot be told."""


class Damaged(InvalidInput):
    """A file is of the kind its name says, but broken."""


class TooLarge(WenjuError):
    """The input is longer than the limit; the message names both."""


class TooCostly(TooLarge):
    """Reading a file took more time or memory than the limit."""


class DocumentNotFound(WenjuError):
    """No document has this id."""


class DocumentReplaced(DocumentNotFound):
    """The document gave way to a newer one.

    Attributes:
        replaced_by: the newer one's id.

    """

    def __init__(self, document: str, replaced_by: str) -> None:
        super().__init__(f"The document {document} was replaced by {replaced_by}.")
        self.replaced_by = replaced_by


class SettingsError(WenjuError):
    """A setting is unknown or has a value of the wrong kind."""


class ModelError(WenjuError):
    """The encoder's model cannot be found, verified or loaded."""


class ModelMismatch(ModelError):
    """The data directory's vectors were made by another model."""


class StoreError(WenjuError):
    """The data directory cannot be read or written, or its contents are damaged."""
