"""Text of documents: decoding, cleaning, folding for comparison, and counting words."""

import re
import unicodedata
from collections import Counter
from functools import lru_cache

_BYTE_ORDER_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_LINE_ENDS = re.compile("\r\n?|\u0085|\u2028|\u2029")
_REMOVED: dict[int, str | None] = {
    **{code: None for code in [*range(32), *range(127, 160)] if chr(code) not in "\n\t"},
    **dict.fromkeys((0xAD, 0xFEFF)),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
}
_WORD = re.compile(r"[^\W_]+")
_SPACES = re.compile(r"\s+")


def decoded(content: bytes) -> str:
    """The text of `content`: UTF-16 or UTF-32 by byte order mark, else UTF-8, else cp1252.

    cp1252 is the encoding of old Windows editors; it holds all printable Latin-1.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return cleaned(content.decode(encoding, errors="replace"))
    try:
        return cleaned(content.decode("utf-8"))
    except UnicodeDecodeError:
        return cleaned(content.decode("cp1252", errors="replace"))


def cleaned(text: str) -> str:
    r"""`text` in NFC with "\n" line ends, without control characters other than tab.

    Soft hyphens and byte order marks go too; half of a surrogate pair becomes U+FFFD.
    """
    return unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text).translate(_REMOVED))


def folded(text: str) -> str:
    """`text` for comparison: lower case, without accents (ł is l), single spaces."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l"))
    bare = "".join(each for each in decomposed if not unicodedata.combining(each))
    return _SPACES.sub(" ", bare).strip()


def aligned_fold(text: str) -> str:
    """`text` in lower case without accents, each character at its old position."""
    return "".join(map(_folded_character, text))


@lru_cache(maxsize=4096)
def _folded_character(character: str) -> str:
    if character in "łŁ":
        return "l"
    base = unicodedata.normalize("NFKD", character.casefold())[:1]
    return base if base.isalnum() else character


def words(text: str) -> Counter[str]:
    """The words of `text`, letters and digits only, each with its count."""
    return Counter(_WORD.findall(text))


def letters(counted: Counter[str]) -> int:
    """How many letters and digits the counted words have."""
    return sum(len(word) * count for word, count in counted.items())


def shortened(text: str, limit: int = 60) -> str:
    """`text` in at most `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
