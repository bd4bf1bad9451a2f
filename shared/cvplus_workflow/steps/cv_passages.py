"""The texts of a CV one by one, each with where it stands."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .cv import Experience, ParsedCv, Project


class Passage(NamedTuple):
    """A text of the CV: its section, its entry and its bullet, counted from 1, else 0.

    `section` is a field name of `ParsedCv` on the wire; `prose` is false for names, titles
    and tags.
    """

    section: str
    entry: int
    text: str
    bullet: int = 0
    prose: bool = False


def passages_of(cv: ParsedCv) -> Iterator[Passage]:
    """All texts that say something of the person's work, in the order of `ParsedCv`."""
    found = (*_about_person(cv), *_about_work(cv), *_about_learning(cv), *_about_rest(cv))
    return (passage for passage in found if passage.text.strip())


def bullets_of(cv: ParsedCv) -> Iterator[Passage]:
    """The list items under jobs, voluntary posts and projects, and those of achievements."""
    return (passage for passage in passages_of(cv) if passage.bullet)


def _about_person(cv: ParsedCv) -> Iterator[Passage]:
    yield Passage("personalInfo", 0, cv.personal_info.title)
    yield Passage("summary", 0, cv.summary, prose=True)
    for number, (group, skills) in enumerate(cv.skills.items(), 1):
        yield Passage("skills", number, "" if group == "general" else group)
        yield from (Passage("skills", number, skill) for skill in skills)


def _about_work(cv: ParsedCv) -> Iterator[Passage]:
    yield from _posts("experience", cv.experience)
    yield from _posts("volunteer", cv.volunteer)
    for number, project in enumerate(cv.projects, 1):
        yield from _project(number, project)
    for number, achievement in enumerate(cv.achievements, 1):
        yield Passage("achievements", 0, achievement, number, prose=True)


def _posts(section: str, posts: Sequence[Experience]) -> Iterator[Passage]:
    for number, post in enumerate(posts, 1):
        yield Passage(section, number, post.position)
        yield Passage(section, number, post.description, prose=True)
        yield from _bullets(section, number, post.achievements)
        yield from (Passage(section, number, each) for each in post.technologies)


def _project(number: int, project: Project) -> Iterator[Passage]:
    yield Passage("projects", number, project.name)
    yield Passage("projects", number, project.role)
    yield Passage("projects", number, project.description, prose=True)
    yield from _bullets("projects", number, project.highlights)
    yield from (Passage("projects", number, each) for each in project.technologies)


def _bullets(section: str, entry: int, texts: Sequence[str]) -> Iterator[Passage]:
    for number, text in enumerate(texts, 1):
        yield Passage(section, entry, text, number, prose=True)


def _about_learning(cv: ParsedCv) -> Iterator[Passage]:
    for number, course in enumerate(cv.education, 1):
        for text in (course.degree, course.field, course.description, course.honors):
            yield Passage("education", number, text)
        yield from (Passage("education", number, each) for each in course.courses)
        yield from (Passage("education", number, each) for each in course.highlights)
    for number, certification in enumerate(cv.certifications, 1):
        for text in (certification.name, certification.issuer, certification.description):
            yield Passage("certifications", number, text)
    for number, language in enumerate(cv.languages, 1):
        yield Passage("languages", number, f"{language.name} {language.level}")


def _about_rest(cv: ParsedCv) -> Iterator[Passage]:
    for number, award in enumerate(cv.awards, 1):
        yield Passage("awards", number, award.title)
        yield Passage("awards", number, award.description, prose=True)
    for number, publication in enumerate(cv.publications, 1):
        yield Passage("publications", number, publication.name)
        yield Passage("publications", number, publication.description, prose=True)
    for number, interest in enumerate(cv.interests, 1):
        for text in (interest.name, *interest.keywords, interest.description):
            yield Passage("interests", number, text)
    for number, section in enumerate(cv.other_sections, 1):
        for entry in section.entries:
            for text in (entry.title, entry.subtitle, entry.description, *entry.highlights):
                yield Passage("otherSections", number, text, prose=True)
