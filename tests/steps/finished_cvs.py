"""CVs that are assembled in tests, and what is read of their pages and papers."""

import json
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium

from cvplus_workflow.steps import assemble
from cvplus_workflow.steps.contract import Produced
from cvplus_workflow.steps.cv import ParsedCv

EXAMPLES = Path(__file__).parents[2] / "examples"
VOID = {"meta", "br", "img", "link", "hr"}
# `date` of something dated stands in for a period, so it is tested by itself.
NOT_TEXT = frozenset({"date", "start", "end", "on", "current", "image", "url", "verificationUrl"})

PRINT_GIVEN = """
import sys
from cvplus_workflow.steps import assemble
given = assemble.Input.model_validate_json(sys.stdin.read())
sys.stdout.buffer.write(assemble.run(given).files["cv.pdf"].content)
"""


class Outline(HTMLParser):
    """Opening tags in order, with attributes, and whether all of them are closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.mismatches: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.mismatches.append(tag)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@cache
def richard() -> dict[str, Any]:
    """The JSON Resume sample as the parse step gives it."""
    resume = json.loads((EXAMPLES / "richard/sample.resume.json").read_text())
    basics, work, school = resume["basics"], resume["work"][0], resume["education"][0]
    project, volunteer = resume["projects"][0], resume["volunteer"][0]
    return {
        "personalInfo": {
            "name": basics["name"],
            "title": basics["label"],
            "email": basics["email"],
            "phone": basics["phone"],
            "website": basics["url"],
            "location": "San Francisco, California",
            "profiles": basics["profiles"],
        },
        "summary": basics["summary"],
        "experience": [
            {
                "company": work["name"],
                "position": work["position"],
                "location": work["location"],
                "url": work["url"],
                "startDate": work["startDate"],
                "start": work["startDate"],
                "endDate": work["endDate"],
                "end": work["endDate"],
                "description": f"{work['description']}\n\n{work['summary']}",
                "achievements": work["highlights"],
            }
        ],
        "volunteer": [
            {
                "company": volunteer["organization"],
                "position": volunteer["position"],
                "description": volunteer["summary"],
                "achievements": volunteer["highlights"],
            }
        ],
        "education": [
            {
                "institution": school["institution"],
                "degree": school["studyType"],
                "field": school["area"],
                "gpa": school["score"],
                "courses": school["courses"],
            }
        ],
        "skills": {skill["name"]: skill["keywords"] for skill in resume["skills"]},
        "skillLevels": {skill["name"]: skill["level"] for skill in resume["skills"]},
        "projects": [
            {
                "name": project["name"],
                "role": ", ".join(project["roles"]),
                "organization": project["entity"],
                "description": project["description"],
                "highlights": project["highlights"],
                "technologies": project["keywords"],
            }
        ],
        "languages": [{"name": "English", "level": resume["languages"][0]["fluency"]}],
        "awards": [
            {"title": each["title"], "issuer": each["awarder"], "description": each["summary"]}
            for each in resume["awards"]
        ],
        "publications": [
            {"name": each["name"], "publisher": each["publisher"], "description": each["summary"]}
            for each in resume["publications"]
        ],
        "interests": resume["interests"],
        "references": [
            {"name": each["name"], "text": each["reference"]} for each in resume["references"]
        ],
    }


def every_field() -> dict[str, Any]:
    """A CV with a word of its own in every field of every model."""
    schema = ParsedCv.model_json_schema()
    words = (f"word{number:03}x" for number in range(1000))

    def filled(part: dict[str, Any], name: str) -> Any:
        if "$ref" in part:
            properties = schema["$defs"][part["$ref"].rsplit("/", 1)[1]]["properties"]
            return {key: filled(value, key) for key, value in properties.items()}
        if part.get("type") == "array":
            return [filled(part["items"], name), filled(part["items"], name)]
        if part.get("type") == "boolean":
            return False
        return "" if name in NOT_TEXT else next(words)

    cv = {
        key: filled(value, key)
        for key, value in schema["properties"].items()
        if key not in {"skills", "skillLevels", "sections"}
    }
    return cv | {
        "skills": {"groupskill": ["oneskill", "twoskill"], "general": ["threeskill"]},
        "skillLevels": {"groupskill": "grouplevel", "oneskill": "onelevel"},
    }


def given(
    cv: dict[str, Any],
    template: str = "modern",
    features: dict[str, Any] | None = None,
    *,
    paper: str = "a4",
    language: str | None = "en",
) -> assemble.Input:
    parsed: dict[str, Any] = {"cv": cv, "language": language, "format": "json", "unplaced": []}
    job = {"template": template, "paper": paper}
    outputs = {"parse": parsed, **(features or {})}
    return assemble.Input.model_validate({"job": job, "outputs": outputs})


def html_of(produced: Produced) -> str:
    return produced.files["cv.html"].content.decode()


def assembled(cv: dict[str, Any], template: str = "modern", **more: Any) -> assemble.Output:
    output = assemble.run(given(cv, template, **more)).output
    assert isinstance(output, assemble.Output)
    return output


def body_text(html: str) -> str:
    pieces: list[str] = []

    class Reader(HTMLParser):
        def handle_data(self, data: str) -> None:
            pieces.append(data)

    Reader().feed(html[html.index("<body") :])
    return " ".join("".join(pieces).split())


def pdf_text(content: bytes) -> str:
    document = pdfium.PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def strings(value: Any, left_out: frozenset[str] = NOT_TEXT) -> Iterator[str]:
    """All texts of a CV as they are expected on the page."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from strings(each, left_out)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key not in left_out:
                yield from strings(each, left_out)


def richard_texts() -> list[str]:
    """What is shown as written: all but dates and the address of the web site."""
    return [*strings(richard(), NOT_TEXT | {"startDate", "endDate", "website"})]


def squeezed(text: str) -> str:
    """Text without white space and soft hyphens, since a line may break anywhere."""
    return re.sub(r"[\s\u00ad\ufffe\u0002-]", "", text)
