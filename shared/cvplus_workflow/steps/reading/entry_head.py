"""The head of a CV entry: its pieces, its dates, and which piece means what."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from ..cv import Dated
from .dates import find_dated, only_duration
from .entry_words import names_company, names_degree, names_field, names_role, names_school
from .places import ends_in_place, is_known_place, may_be_place
from .spans import Line

_STRONG_BREAK = re.compile(r"\s*[|;·•\t]\s*|\s+[–—―]\s+|\s+-{1,2}\s+|\s{3,}|\s+//\s+")
_AT = re.compile(r"\s+(?:at|@|bei|chez|presso|bij)\s+|\s+@(?=\w)", re.IGNORECASE)
_COMMA = re.compile(r"\s*,\s+(?![^()]*\))")
_BRACKETS = re.compile(r"\s*\(([^()]{2,60})\)\s*$")
_LEGAL = re.compile(
    r"^(?:inc|llc|ltd|gmbh|ag|corp|co|s\.?a|plc|b\.?v|s\.?r\.?l|s\.?p\.?a)\b", re.IGNORECASE
)

_NAMED_AFTER_PLACE = re.compile(r"^university of ", re.IGNORECASE)

_STATE_UNIVERSITY = re.compile(
    r"\buniversity of (?:alabama|alaska|arkansas|california|colorado|hawaii|illinois|maryland|"
    r"massachusetts|michigan|minnesota|missouri|nebraska|north carolina|tennessee|texas|"
    r"wisconsin)$",
    re.IGNORECASE,
)

Says = Callable[[str], bool]


@dataclass
class Head:
    """An entry's head lines taken apart: pieces in order, places in brackets, dates.

    `late` are pieces behind the date in a further line, which may be of another sort;
    `unused` are the dates of an organisation over several posts: number, text.
    """

    pieces: list[Line] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    dated: Dated = field(default_factory=Dated)
    url: str = ""
    late: list[Line] = field(default_factory=list)
    unused: list[tuple[int, str]] = field(default_factory=list)

    @property
    def has_date(self) -> bool:
        """Whether it states a date."""
        return self.dated != Dated()

    def admit(self, says: Says) -> None:
        """Takes the late pieces whose text `says` something for pieces of the head."""
        self.pieces += [piece for piece in self.late if says(piece.text)]
        self.late = [piece for piece in self.late if not says(piece.text)]

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
        shown = [self.shown(piece) for piece in (*self.pieces, *self.late)]
        self.pieces, self.late = [], []
        return ", ".join([*shown, *self.places])


def head_of(lines: Iterable[Line], *, commas: bool, at: bool = False) -> Head:
    """Takes head lines apart.

    `commas`: whether a comma separates pieces even between words of one style (if
    nothing else separates them); `at`: whether "at" and the like do.
    """
    head = Head()
    for line in lines:
        plain = _plain_if_uniform(line).trimmed()
        rest = _take_date(plain, head)
        late = bool(head.pieces) and plain.text[:1].isdigit() and rest is not plain
        rest = _take_place(rest, head)
        whole = is_known_place(rest.text) or (len(head.pieces) > 1 and ends_in_place(rest.text))
        split_up = [rest] if whole else split(rest, commas=commas, at=at)
        found = [piece for piece in split_up if _worded(piece)]
        lengths = [piece for piece in found if only_duration(piece.text)]
        head.unused += [(piece.number, piece.text) for piece in lengths]
        found = [piece for piece in found if piece not in lengths]
        (head.late if late else head.pieces).extend(found)
    return head


def head_under(above: Iterable[Line], own: Iterable[Line], *, commas: bool, at: bool) -> Head:
    """The head of an entry below another one's, whose pieces it shares; its own date counts."""
    parent, head = head_of(above, commas=commas, at=at), head_of(own, commas=commas, at=at)
    if parent.has_date and head.has_date:
        number = next((line.number for line in above), 0)
        head.unused.append((number, written(parent.dated)))
    elif parent.has_date:
        head.dated = parent.dated
    head.pieces = [*parent.pieces, *head.pieces]
    head.places = [*parent.places, *head.places]
    head.late = [*parent.late, *head.late]
    head.unused += parent.unused
    return head


def written(dated: Dated) -> str:
    """A date or period as it was written."""
    return dated.date or " – ".join(part for part in (dated.start_date, dated.end_date) if part)


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
    if match is None or not may_be_place(match[1].strip()) or not match.start():
        return line
    if not (ends_in_place(match[1]) or names_company(line.text[: match.start()])):
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
        pieces = _cut(line, _COMMA, _parts_names(line))
    return pieces


def _parts_names(line: Line) -> Callable[[int, int], bool]:
    """A comma before a legal form, or a campus of a state's university, separates nothing."""

    def separates(start: int, end: int) -> bool:
        return not (_LEGAL.match(line.text[end:]) or _STATE_UNIVERSITY.search(line.text[:start]))

    return separates


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
    head.admit(lambda text: names_role(text) or names_company(text) or is_known_place(text))
    place = _known_place(head)
    role = head.take(lambda text: names_role(text) and not names_company(text))
    organisation = head.take_line(lambda piece: bool(piece.url)) or head.take(names_company)
    if role is None and (organisation is None or head.pieces):
        role = _role_left(head, alone=organisation is None) or _on_other_line(head, organisation)
    organisation = organisation or head.next()
    post = Post(head.shown(organisation).rstrip(":"), head.shown(role).rstrip(":"))
    post.location = _location(head, place)
    post.organisation, town = _place_apart(post.organisation, beside=post.location)
    post.location = ", ".join(part for part in (town, post.location) if part)
    return post


def _known_place(head: Head) -> Line | None:
    """Takes out what is surely a place, so long as it leaves enough for what is not."""
    if len(head.pieces) < 2:
        return None
    return head.take(is_known_place) or (head.take(ends_in_place) if len(head.pieces) > 2 else None)


def _location(head: Head, place: Line | None) -> str:
    """The place that was told apart, else one in brackets, else a piece that may be one."""
    if place is None and head.places:
        return head.places.pop(0)
    return _without_stop(head.shown(place or head.take(_is_place)))


def _without_stop(place: str) -> str:
    """A place without the full stop of the line that it ends."""
    bare = place.removesuffix(".")
    return place if "." in bare else bare


def _role_left(head: Head, *, alone: bool) -> Line | None:
    """The role among pieces without a role word: an emphasised one, or the first of two."""
    emphasised = head.take_line(lambda piece: piece.emphasis or piece.strong)
    if emphasised or not alone:
        return emphasised
    named = head.take(names_role)
    return named or (head.next() if len(head.pieces) > 1 else None)


def _on_other_line(head: Head, organisation: Line | None) -> Line | None:
    """A piece that stands in another line than the organisation, and is no known place."""
    if organisation is None:
        return None
    return head.take_line(
        lambda piece: piece.number != organisation.number and not is_known_place(piece.text)
    )


def _is_place(text: str) -> bool:
    return is_known_place(text) or (may_be_place(text) and not names_role(text))


def _place_apart(organisation: str, *, beside: str) -> tuple[str, str]:
    """Takes a place off the end of "Org, City, ST"; universities often carry one in their name.

    `beside`: a place stated apart, such as the country.
    """
    name, comma, place = organisation.partition(", ")
    legal = _LEGAL.match(place) or "&" in place
    unsure = legal or not _is_place(place) or _NAMED_AFTER_PLACE.match(organisation)
    if not comma or unsure:
        return organisation, ""
    if names_school(organisation) or beside:
        return (name, place) if beside or is_known_place(place) else (organisation, "")
    sure = is_known_place(place) or not names_company(organisation)
    return (name, place) if sure else (organisation, "")


@dataclass
class Study:
    """Where somebody studied, and what."""

    institution: str = ""
    degree: str = ""
    field: str = ""
    location: str = ""


_FIELD = re.compile(r"\s*,\s+|\s+(?:in|en|im Fach)\s+")


def _studied(text: str) -> bool:
    return names_degree(text) or names_field(text)


def _field_left(head: Head, order: list[Line], degree: Line) -> Line | None:
    """The piece that names a field of study, or stands right behind the degree."""
    named = head.take(lambda text: names_field(text) and not is_known_place(text))
    after = order[order.index(degree) + 1 :][:1] if degree in order else []
    behind = head.take_line(lambda piece: piece in after and not is_known_place(piece.text))
    return named or behind


def study_of(head: Head) -> Study:
    """Tells institution, degree, field and place apart; what is left stays in the head."""
    head.admit(lambda text: _studied(text) or names_school(text) or is_known_place(text))
    place = _known_place(head)
    order = list(head.pieces)
    institution = head.take(lambda text: names_school(text) and not names_degree(text))
    degree = head.take(names_degree)
    institution = institution or head.take_line(lambda piece: bool(piece.url))
    if institution is None and (degree or len(head.pieces) == 1):
        institution = head.take(names_company) or head.take(lambda text: not names_field(text))
        institution = institution or head.next()
    degree = degree or head.next()
    institution = institution or head.next()
    study = Study(head.shown(institution), head.shown(degree))
    parts = _FIELD.split(study.degree, maxsplit=1)
    if len(parts) == 2 and names_degree(parts[0]):
        study.degree, study.field = parts
    elif degree:
        study.field = head.shown(_field_left(head, order, degree))
    study.location = _location(head, place)
    if study.location:
        study.institution, town = _place_apart(study.institution, beside=study.location)
        study.location = ", ".join(part for part in (town, study.location) if part)
    return study
