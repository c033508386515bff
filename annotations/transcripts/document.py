"""Reads the text of a Word document (.docx, ECMA-376): paragraphs as lines, rows of tables as lines with tabs.

Only `word/document.xml` is read, by a parser that refuses every document type declaration: so there are no entities to
expand, and nothing outside of the file is asked for. What the archive says of its sizes is checked before, and what it
gives is bounded while it is read.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from xml.parsers import expat

MOST_PARTS = 4_000
MOST_TEXT_BYTES = 64_000_000
_DEEPEST = 200
_MOST_LETTERS = 20_000_000
_CHUNK = 1 << 16
_PART = "word/document.xml"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"


class DocumentError(ValueError):
    """It is no document that can be read; the text says why, for people."""


def is_archive(untrusted_bytes: bytes) -> bool:
    """Tell whether the bytes are those of a ZIP archive, as every .docx is."""
    return untrusted_bytes.startswith(b"PK\x03\x04")


def read_document(untrusted_bytes: bytes) -> str:
    """Return the document's text.

    Raises:
        DocumentError: it is damaged, too large, or made to do harm.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(untrusted_bytes)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS:
                raise DocumentError(f"it holds {len(parts):,} parts, which no document has")
            part = next((one for one in parts if one.filename == _PART), None)
            if part is None:
                raise DocumentError("it is an archive, but no Word document")
            if part.file_size > MOST_TEXT_BYTES:
                raise DocumentError(f"its text would take {part.file_size // 1_000_000:,} MB when unpacked")
            if part.flag_bits & 1:
                raise DocumentError("it is protected by a password")
            reader = _Reader()
            with archive.open(part) as file:
                left = MOST_TEXT_BYTES
                while chunk := file.read(_CHUNK):
                    left -= len(chunk)
                    if left < 0:
                        raise DocumentError("its text is larger when unpacked than it says")
                    reader.feed(chunk)
                return reader.finish()
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, RuntimeError) as error:
        raise DocumentError(f"the archive is damaged ({error})") from error
    except expat.ExpatError as error:
        raise DocumentError(f"its text is damaged ({error})") from error


class _Reader:
    """Takes the XML piece by piece."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartDoctypeDeclHandler = self._on_doctype
        self._parser.StartElementHandler = self._on_start
        self._parser.EndElementHandler = self._on_end
        self._parser.CharacterDataHandler = self._on_text
        self._parser.buffer_text = True
        self._depth = 0
        self._is_text = False
        self._letters = 0
        self._rows = 0
        self._deleted = 0
        self._line: list[str] = []
        self._cells: list[str] = []
        self._lines: list[str] = []

    def feed(self, chunk: bytes) -> None:
        self._parser.Parse(chunk, False)

    def finish(self) -> str:
        self._parser.Parse(b"", True)
        return "\n".join(self._lines)

    def _on_doctype(self, *_names: object) -> None:
        raise DocumentError("it declares a document type, as no Word document does and harmful ones do")

    def _on_start(self, name: str, _attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise DocumentError("its parts are nested deeper than in any document")
        match _local(name):
            case "t":
                self._is_text = not self._deleted
            case "tab":
                self._line.append("\t" if not self._rows else " ")
            case "br" | "cr":
                self._line.append("\n" if not self._rows else " ")
            case "tr":
                self._rows += 1
            case "del" | "moveFrom":
                self._deleted += 1  # what somebody took out while changes were tracked

    def _on_end(self, name: str) -> None:
        self._depth -= 1
        match _local(name):
            case "t":
                self._is_text = False
            case "p":
                text = "".join(self._line)
                self._line.clear()
                if self._rows:
                    self._cells.append(text)
                else:
                    self._lines.append(text)
            case "tc":
                cell, self._cells[self._cell_start() :] = " ".join(self._cells[self._cell_start() :]), []
                self._cells.append(cell + "\t")
            case "tr":
                self._rows -= 1
                if not self._rows:
                    self._lines.append("".join(self._cells).rstrip("\t"))
                    self._cells.clear()
            case "del" | "moveFrom":
                self._deleted -= 1

    def _cell_start(self) -> int:
        """Return where the paragraphs of the cell that ends begin: after the last finished cell."""
        return next(
            (place + 1 for place in range(len(self._cells) - 1, -1, -1) if self._cells[place].endswith("\t")), 0
        )

    def _on_text(self, text: str) -> None:
        if self._is_text:
            self._letters += len(text)
            if self._letters > _MOST_LETTERS:
                raise DocumentError("it holds more text than any transcript has")
            self._line.append(text)


def _local(name: str) -> str:
    space, _blank, local = name.rpartition(" ")
    return local if space in {_WORD, _STRICT} else ""
