"""The head of a CV entry: its pieces, its dates, and which piece means what."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from ..cv import Dated
from .dates import find_dated
from .entry_words import names_company, names_degree, names_role, names_school
from .spans import Line

_STRONG_BREAK = re.compile(r"\s*[|;·•\t]\s*|\s+[–—―]\s+|\s+-{1,2}\s+|\s{3,}|\s+//\s+")
_AT = re.compile(r"\s+(?:at|@|bei|chez|presso|bij)\s+|\s+@(?=\w)", re.IGNORECASE)
_COMMA = re.compile(r"\s*,\s+")
_BRACKETS = re.compile(r"\s*\(([^()]{2,60})\)\s*$")
_PLACE = re.compile(
    r"(?:[^\W\d][\w.'’-]*(?: [^\W\d][\w.'’-]*){0,2})(?:, [^\W\d][\w.'’ -]{0,24}){0,2}"
)
_LEGAL = re.compile(
    r"^(?:inc|llc|ltd|gmbh|ag|corp|co|s\.?a|plc|b\.?v|s\.?r\.?l|s\.?p\.?a)\b", re.IGNORECASE
)

Says = Callable[[str], bool]


@dataclass
class Head:
    """An entry's head lines taken apart: pieces in order, places in brackets, dates."""

    pieces: list[Line] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    dated: Dated = field(default_factory=Dated)
    url: str = ""

    def take(self, says: Says) -> Line | None:
        """Takes out the first piece whose text `says` something."""
        return self.take_line(lambda piece: says(piece.text))

    def take_line(self, fits: Callable[[Line], bool]) -> Line | None:
        """Takes out the first piece that fits."""
        piece = next((each for each in self.pieces if fits(each)), None)
        if piece:
            self.pieces.remove(piece)
        return piece

    def next(self) -> Line | None:
        """Takes out the first piece that is left."""
        return self.pieces.pop(0) if self.pieces else None

    def shown(self, piece: Line | None) -> str:
        """A piece's text; the entry's own link goes to its url, others stay in the text."""
        if piece is None:
            return ""
        if piece.url and not self.url:
            self.url = piece.url
        return piece.plain(without=self.url)

    def rest(self) -> str:
        """The pieces that are left, as text."""
        shown, self.pieces = [self.shown(piece) for piece in self.pieces], []
        return ", ".join([*shown, *self.places])


def head_of(lines: Iterable[Line], *, commas: bool, at: bool = False) -> Head:
    """Takes head lines apart.

    `commas`: whether a comma separates pieces even between words of one style (if
    nothing else separates them); `at`: whether "at" and the like do.
    """
    head = Head()
    for line in lines:
        rest = _take_date(_plain_if_uniform(line), head)
        rest = _take_place(rest, head)
        head.pieces += [piece for piece in split(rest, commas=commas, at=at) if _worded(piece)]
    return head


def _take_date(line: Line, head: Head) -> Line:
    while found := find_dated(line.text):
        if not _merge(head.dated, found.dated):
            break
        line = line.without(found.start, found.end)
    return line


def _merge(dated: Dated, found: Dated) -> bool:
    """Adopts a period or a point in time if there is none yet."""
    period = found.start_date or found.end_date
    has = (dated.start_date or dated.end_date) if period else dated.date
    if has or (not period and (dated.start_date or dated.end_date)):
        return False
    names = ("start_date", "end_date", "start", "end", "current") if period else ("date", "on")
    for name in names:
        setattr(dated, name, getattr(found, name))
    return True


def _plain_if_uniform(line: Line) -> Line:
    """A line that is strong as a whole has no style that would tell its pieces apart."""
    strong, emphasis = line.strong, line.emphasis
    spans = tuple(
        replace(s, strong=s.strong and not strong, emphasis=s.emphasis and not emphasis)
        for s in line.spans
    )
    return replace(line, spans=spans)


def _take_place(line: Line, head: Head) -> Line:
    line = line.trimmed()
    match = _BRACKETS.search(line.text)
    if match is None or not _PLACE.fullmatch(match[1].strip()) or not match.start():
        return line
    head.places.append(match[1].strip())
    return line.sliced(0, match.start()).trimmed()


def split(line: Line, *, commas: bool, at: bool) -> list[Line]:
    """A head line at its separators: bars, dashes, "at", changes of style, then commas."""
    pieces = _cut(line, _STRONG_BREAK, lambda start, end: True)
    if at:
        pieces = [part for piece in pieces for part in _cut(piece, _AT, _plain_at(piece))]
    pieces = [part for piece in pieces for part in _cut(piece, _COMMA, _edge_at(piece))]
    if commas and len(pieces) == 1:
        pieces = _cut(line, _COMMA, lambda start, end: not _LEGAL.match(line.text[end:]))
    return pieces


def _plain_at(line: Line) -> Callable[[int, int], bool]:
    return lambda start, end: start > 0 and not line.style_at(start).strong


def _edge_at(line: Line) -> Callable[[int, int], bool]:
    """A comma in plain text beside a styled span separates it from its neighbour."""

    def at_edge(start: int, end: int) -> bool:
        inside = line.style_at(start).styled
        return not inside and (line.style_at(start - 1).styled or line.style_at(end).styled)

    return at_edge


def _cut(line: Line, separator: re.Pattern[str], holds: Callable[[int, int], bool]) -> list[Line]:
    pieces, start = [], 0
    for match in separator.finditer(line.text):
        if holds(match.start(), match.end()):
            pieces.append(line.sliced(start, match.start()).trimmed())
            start = match.end()
    return [
        piece for piece in [*pieces, line.sliced(start, len(line.text)).trimmed()] if piece.spans
    ]


def _worded(piece: Line) -> bool:
    return any(map(str.isalnum, piece.text))


@dataclass
class Post:
    """Who somebody worked for, as what, and where."""

    organisation: str = ""
    role: str = ""
    location: str = ""


def post_of(head: Head) -> Post:
    """Tells role, organisation and place apart; what is left stays in the head.

    Words that name roles and organisations decide, then links (organisations have
    them), then the order, in which the role comes first.
    """
    role = head.take(lambda text: names_role(text) and not names_company(text))
    organisation = head.take_line(lambda piece: bool(piece.url)) or head.take(names_company)
    if role is None and (organisation is None or head.pieces):
        role = _role_left(head, alone=organisation is None)
    organisation = organisation or head.next()
    post = Post(head.shown(organisation).rstrip(":"), head.shown(role).rstrip(":"))
    post.location = head.shown(head.take(_is_place)) or (head.places.pop(0) if head.places else "")
    if not post.location:
        post.organisation, post.location = _place_apart(post.organisation)
    return post


def _role_left(head: Head, *, alone: bool) -> Line | None:
    """The role among pieces without a role word: an emphasised one, or the first of two."""
    emphasised = head.take_line(lambda piece: piece.emphasis or piece.strong)
    if emphasised or not alone:
        return emphasised
    named = head.take(names_role)
    return named or (head.next() if len(head.pieces) > 1 else None)


def _is_place(text: str) -> bool:
    return bool(_PLACE.fullmatch(text)) and not names_role(text) and len(text) <= 60


def _place_apart(organisation: str) -> tuple[str, str]:
    """Takes a place off the end of "Org, City, ST"; universities often carry one in their name."""
    name, comma, place = organisation.partition(", ")
    unsure = names_company(organisation) or "&" in place or not _is_place(place)
    return (organisation, "") if not comma or unsure else (name, place)


@dataclass
class Study:
    """Where somebody studied, and what."""

    institution: str = ""
    degree: str = ""
    field: str = ""
    location: str = ""


_FIELD = re.compile(r"\s*,\s+|\s+(?:in|en|im Fach)\s+")


def study_of(head: Head) -> Study:
    """Tells institution, degree, field and place apart; what is left stays in the head."""
    institution = head.take(lambda text: names_school(text) and not names_degree(text))
    degree = head.take(names_degree)
    institution = institution or head.take_line(lambda piece: bool(piece.url))
    if institution is None and (degree or len(head.pieces) == 1):
        institution = head.next()
    degree = degree or head.next()
    institution = institution or head.next()
    study = Study(head.shown(institution), head.shown(degree))
    parts = _FIELD.split(study.degree, maxsplit=1)
    if len(parts) == 2 and names_degree(parts[0]):
        study.degree, study.field = parts
    elif study.degree and head.pieces and not _is_place(head.pieces[0].text):
        study.field = head.shown(head.next())
    study.location = head.places.pop(0) if head.places else head.shown(head.take(_is_place))
    return study
