"""PDFs of the kinds that CVs come as, made when a test needs them."""

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cvplus_workflow.steps.fonts import embedded_fonts
from cvplus_workflow.steps.pdf import printed

A4 = (595, 842)


def pdf_of(
    contents: Sequence[str | bytes],
    *,
    fonts: Mapping[str, str] | None = None,
    extra: Mapping[int, bytes] | None = None,
    page_entries: str = "",
    password: bytes | None = None,
) -> bytes:
    """A PDF with a page for each content stream; /F1 is Helvetica, /F2 Helvetica-Bold.

    `fonts` are further font dictionaries by name, `extra` are objects from number 100 on,
    `page_entries` go into each page. With a `password` (b"" for none but encryption) the
    streams are encrypted (RC4, 40 bits, ISO 32000-1, 7.6).
    """
    named = {"F1": _base_font("Helvetica"), "F2": _base_font("Helvetica-Bold"), **(fonts or {})}
    resources = " ".join(f"/{name} {each}" for name, each in named.items())
    kids = [10 + 2 * at for at in range(len(contents))]
    objects: dict[int, bytes] = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: (
            f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] "
            f"/MediaBox [0 0 {A4[0]} {A4[1]}] /Resources << /Font << {resources} >> >> >>"
        ).encode(),
        **(extra or {}),
    }
    lock = _Lock(password) if password is not None else None
    for kid, content in zip(kids, contents, strict=True):
        page = f"<< /Type /Page /Parent 2 0 R /Contents {kid + 1} 0 R {page_entries} >>"
        objects[kid] = page.encode()
        objects[kid + 1] = _stream(kid + 1, content, lock)
    return _file(objects, lock)


def _base_font(name: str) -> str:
    encoding = "/Encoding /WinAnsiEncoding"
    return f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} {encoding} >>"


def _stream(number: int, content: str | bytes, lock: "_Lock | None") -> bytes:
    data = content if isinstance(content, bytes) else content.encode("cp1252")
    filters = b""
    if isinstance(content, str):
        data, filters = zlib.compress(data), b"/Filter /FlateDecode"
    data = lock.locked(number, data) if lock else data
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), filters, data)


def _file(objects: Mapping[int, bytes], lock: "_Lock | None") -> bytes:
    out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    places = {}
    every = {**objects, **({3: lock.dictionary()} if lock else {})}
    for number, body in sorted(every.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        out += b"%d 1\n%010d 00000 n \n" % (number, place)
    locked = b"/Encrypt 3 0 R /ID [<%s> <%s>]" % (_ID.hex().encode(), _ID.hex().encode())
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (max(every) + 1, locked if lock else b"")
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


_ID = b"0123456789abcdef"
_PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


@dataclass
class _Lock:
    """Standard encryption, version 1, revision 2 (ISO 32000-1, 7.6.3)."""

    password: bytes
    owner: bytes = b""
    key: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        padded = (self.password + _PADDING)[:32]
        self.owner = _rc4(hashlib.md5(_PADDING).digest()[:5], padded)
        rights = (-4).to_bytes(4, "little", signed=True)
        self.key = hashlib.md5(padded + self.owner + rights + _ID).digest()[:5]

    def locked(self, number: int, data: bytes) -> bytes:
        salt = number.to_bytes(3, "little") + bytes(2)
        return _rc4(hashlib.md5(self.key + salt).digest()[:10], data)

    def dictionary(self) -> bytes:
        user = _rc4(self.key, _PADDING)
        owners = (self.owner.hex().encode(), user.hex().encode())
        return b"<< /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4 >>" % owners


def _rc4(key: bytes, data: bytes) -> bytes:
    box, j = list(range(256)), 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(out)


def text_at(x: float, y: float, text: str, *, size: float = 10, font: str = "F1") -> str:
    """Content that shows `text` at a place, y from the bottom as in PDF."""
    escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT /{font} {size} Tf 1 0 0 1 {x} {y} Tm ({escaped}) Tj ET\n"


def coded_font(names: Sequence[str], to_unicode: int = 0) -> str:
    """A font with glyph names from code 65 on; a name such as /g1 says nothing of its letter."""
    mapping = f"/ToUnicode {to_unicode} 0 R" if to_unicode else ""
    widths = " ".join("500" for _ in range(256))
    differences = " ".join(f"/{name}" for name in names)
    return (
        "<< /Type /Font /Subtype /Type1 /BaseFont /Unnamed "
        f"/FirstChar 0 /LastChar 255 /Widths [{widths}] {mapping} "
        f"/Encoding << /Type /Encoding /Differences [65 {differences}] >> >>"
    )


def printed_pdf(css: str, body: str) -> bytes:
    """An HTML page as PDF, in an embedded font, on A4 with margins."""
    fonts = embedded_fonts(body + "•◦▪", "Lato", "Lato")
    page = "@page { size: A4; margin: 15mm } ul { margin: 0; padding-left: 14pt }"
    style = f"{fonts.css} body {{ font-family: {fonts.body}; font-size: 10pt }} {page} {css}"
    return printed(f"<style>{style}</style>{body}", title="CV", paper="a4").content
