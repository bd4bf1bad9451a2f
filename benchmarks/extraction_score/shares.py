"""How much of a CV was read, and how much of it right, by a result written by hand.

A share is a pair of counts, right ones and all. What was found and is not expected
counts among all, so a reader gains nothing by guessing.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .document_text import letters

Cv = dict[str, Any]
"""A parsed CV as it goes over the wire."""

CONTACT = ("name", "title", "email", "phone", "location")
NORMALISED = frozenset({"start", "end", "on", "current"})
"""Fields that a reader derives: they hold no words of the document."""
_CONNECTING = frozenset({"in", "of", "en", "de", "des", "d", "di", "im", "the", "und", "et"})


@dataclass
class Share:
    """Right ones of all, and what is wrong with the others."""

    right: int = 0
    total: int = 0
    mistakes: list[str] = field(default_factory=list)

    def add(self, is_right: bool, mistake: str) -> None:
        """Counts one more."""
        self.right += is_right
        self.total += 1
        if not is_right:
            self.mistakes.append(mistake)

    @property
    def value(self) -> float:
        """From 0 to 1; nothing expected and nothing found is right."""
        return self.right / self.total if self.total else 1.0


def folded(text: str) -> str:
    """`text` for comparison: its words in lower case, single blanks, no punctuation."""
    return " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold()))


def contact_share(expected: Cv, cv: Cv) -> Share:
    """Name, title, e-mail, phone and place, each link, and what was invented."""
    info, share = cv["personalInfo"], Share()
    for name in CONTACT:
        found = [info[name], info["address"]] if name == "location" else [info[name]]
        is_right = any(_same(name, expected[name], each) for each in found)
        share.add(is_right, f"{name}: {found[0]!r}, not {expected[name]!r}")
    wanted, given = Counter(map(bare, expected["links"])), Counter(set(map(bare, _links(info))))
    for link in sorted((wanted | given).elements()):
        problem = "missing" if link in wanted else "not stated as theirs"
        share.add(link in wanted and link in given, f"link {problem}: {link}")
    return share


def _same(name: str, expected: str, found: str) -> bool:
    if name == "phone":
        return re.sub(r"\D", "", expected) == re.sub(r"\D", "", found)
    return folded(expected) == folded(found)


def _links(info: dict[str, Any]) -> Iterable[str]:
    stated = [info["website"], info["linkedin"], info["github"]]
    return filter(None, [*stated, *(each["url"] for each in info["profiles"])])


def bare(url: str) -> str:
    """An address without scheme, `www.` and last slash."""
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", url.strip().lower()).rstrip("/")


def section_share(expected: Cv, cv: Cv) -> Share:
    """Sections with the right heading as the right kind; contact needs no heading."""
    wanted = [(each["kind"], folded(each["heading"])) for each in expected["headings"]]
    found = [(each["kind"], folded(each["title"])) for each in cv["sections"]]
    wanted, found = _without_contact(wanted), _without_contact(found)
    if not any(heading for _, heading in wanted):
        found = [(kind, "") for kind, _ in found]
    return _listed(wanted, found, "section")


def _without_contact(sections: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [each for each in sections if each[0] != "personalInfo"]


def _listed(wanted: Sequence[Any], found: Sequence[Any], what: str) -> Share:
    """Shares of a list whose order does not matter."""
    want, have = Counter(wanted), Counter(found)
    share = Share(right=(want & have).total())
    share.total = max(want.total(), have.total())
    share.mistakes += [f"{what} missing: {each}" for each in (want - have).elements()]
    share.mistakes += [f"{what} too many: {each}" for each in (have - want).elements()]
    return share


def entry_share(expected: Cv, cv: Cv) -> Share:
    """Posts, voluntary posts and studies whose organisation, role and dates are right."""
    share = Share()
    for kind in ("experience", "volunteer"):
        wanted = list(map(_wanted_post, expected[kind]))
        _add_entries(kind, wanted, list(map(_post, cv[kind])), share)
    studies = list(map(_wanted_study, expected["education"]))
    _add_entries("education", studies, list(map(_study, cv["education"])), share)
    return share


Row = tuple[str, str, str]
"""Organisation, role and dates of an entry, for comparison."""


def _wanted_post(each: dict[str, str]) -> Row:
    return folded(each["organisation"]), folded(each["role"]), f"{each['start']}/{each['end']}"


def _post(each: dict[str, Any]) -> Row:
    return folded(each["company"]), folded(each["position"].rstrip(":")), _dates(each)


def _wanted_study(each: dict[str, str]) -> Row:
    dates = f"{each['start']}/{each['end']}"
    return folded(each["institution"]), _degree(each["degree"], each["field"]), dates


def _study(each: dict[str, Any]) -> Row:
    return folded(each["institution"]), _degree(each["degree"], each["field"]), _dates(each)


def _degree(degree: str, area: str) -> str:
    """Degree and field together: where one ends and the other begins is a matter of taste."""
    return " ".join(word for word in folded(f"{degree} {area}").split() if word not in _CONNECTING)


def _dates(each: dict[str, Any]) -> str:
    end = "current" if each["current"] else each["end"] or each["on"]
    return f"{each['start']}/{end}"


def _add_entries(kind: str, wanted: list[Row], found: list[Row], share: Share) -> None:
    """Pairs each expected entry with the one that is most like it, best pairs first."""
    pairs = sorted(
        ((_likeness(a, b), i, j) for i, a in enumerate(wanted) for j, b in enumerate(found)),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    partner: dict[int, int] = {}
    for likeness, i, j in pairs:
        if likeness and i not in partner and j not in partner.values():
            partner[i] = j
    for i, row in enumerate(wanted):
        other = found[partner[i]] if i in partner else None
        share.add(row == other, f"{kind}: {row} read as {other}")
    for j in set(range(len(found))) - set(partner.values()):
        share.add(False, f"{kind} too many: {found[j]}")


def _likeness(wanted: Row, found: Row) -> int:
    same = sum(2 for a, b in zip(wanted, found, strict=True) if a == b)
    return same + len(set(" ".join(wanted).split()) & set(" ".join(found).split()))


def name_share(expected: Cv, cv: Cv) -> Share:
    """Names of projects, awards, publications, certificates, languages and skill groups."""
    share = Share()
    for kind, names in _names_of(cv).items():
        wanted = list(map(folded, expected[kind]))
        part = _listed(wanted, list(map(folded, names)), kind)
        share.right += part.right
        share.total += part.total
        share.mistakes += part.mistakes
    return share


def _names_of(cv: Cv) -> dict[str, list[str]]:
    names: dict[str, Callable[[dict[str, Any]], str]] = {
        "projects": lambda each: str(each["name"]),
        "awards": lambda each: str(each["title"]),
        "publications": lambda each: str(each["name"]),
        "certifications": lambda each: str(each["name"]),
        "languages": lambda each: str(each["name"]),
    }
    found = {kind: [name(each) for each in cv[kind]] for kind, name in names.items()}
    return found | {"skill_groups": list(cv["skills"])}


def phrase_share(expected: Cv, kept: str) -> Share:
    """Phrases of the document that stand in one piece in what was kept."""
    share = Share()
    pool = letters(kept)
    for phrase in expected["phrases"]:
        share.add(letters(phrase) in pool, f"phrase broken or lost: {phrase}")
    return share


def texts_of(value: Any) -> Iterable[str]:
    """All texts of a parsed CV, without those that a reader derives."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner)
    elif isinstance(value, dict):
        derived = NORMALISED | ({"kind"} if value.keys() == {"kind", "title"} else set())
        for key, inner in value.items():
            if key not in derived:
                yield from (key, *texts_of(inner))


def coverage(source: str, kept: str) -> Share:
    """Letters and digits of `source` that `kept` holds, in runs as long as can be found.

    Each line of the source must stand in `kept` as often as it stands there, blanks and
    punctuation ignored. A line that does not is cut in halves between words, down to
    single ones, so what is lost is counted however the rest was arranged.
    """
    share, pool = Share(), letters(kept)
    for line, count in Counter(tuple(_words(line)) for line in source.splitlines()).items():
        if line:
            _cover(line, count, pool, share)
    return share


def _words(line: str) -> list[str]:
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", line))


def _cover(words: Sequence[str], count: int, pool: str, share: Share) -> None:
    run = "".join(words)
    found = min(count, pool.count(run))
    share.right += found * len(run)
    share.total += found * len(run)
    if found == count:
        return
    if len(words) == 1:
        share.total += (count - found) * len(run)
        share.mistakes.append(run)
        return
    middle = len(words) // 2
    _cover(words[:middle], count - found, pool, share)
    _cover(words[middle:], count - found, pool, share)
