"""Reads CVs and says how much of each was found, and how much of that is right.

    python benchmarks/extraction.py
    python benchmarks/extraction.py --json
    python benchmarks/extraction.py --mistakes johndoe-pdf jane-pdf
    python benchmarks/extraction.py FOLDER FILE ...

Without a path: the documents with a result in `tests/expected`, or those of them that
are named. With paths to CVs of one's own, what needs no expected result is measured:
how much is placed in a field, how much is kept at all, the seconds, or the error.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "shared")]

from benchmarks.extraction_score import shares as score  # noqa: E402
from benchmarks.extraction_score.document_text import text_of  # noqa: E402
from tests.expected.samples.made import MADE  # noqa: E402

from cvplus_workflow.errors import WorkflowError  # noqa: E402

EXPECTED = ROOT / "tests" / "expected"
MEASURES = ("contact", "sections", "entries", "names", "phrases", "placed", "kept")
SUFFIXES = frozenset(
    {".pdf", ".docx", ".txt", ".md", ".html", ".htm", ".json", ".yaml", ".yml", ".rtf", ".doc"}
)


@dataclass
class Document:
    """A CV, and what is expected of reading it if somebody has written that down."""

    name: str
    file_name: str
    content: bytes
    expected: dict[str, Any] | None = None


@dataclass
class Result:
    """What came of one document: shares by measure, or the reason why it was refused."""

    name: str
    seconds: float
    format: str = ""
    error: str = ""
    shares: dict[str, score.Share] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The figures and mistakes as plain values."""
        figures: dict[str, Any] = {"document": self.name, "seconds": round(self.seconds, 3)}
        if self.error:
            return figures | {"error": self.error}
        figures["format"] = self.format
        for measure, share in self.shares.items():
            figures[measure] = {
                "right": share.right,
                "of": share.total,
                "share": round(share.value, 4),
                "mistakes": share.mistakes,
            }
        return figures


def main() -> None:
    arguments = _arguments()
    results = [measured(each) for each in _documents(arguments.paths)]
    if arguments.json:
        found = {"documents": [each.as_json() for each in results], "total": totals(results)}
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for line in table(results):
        print(line)
    if arguments.mistakes:
        for line in _mistakes(results):
            print(line)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", help="expected results by name, or CVs and folders")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--mistakes", action="store_true", help="list what is wrong")
    return parser.parse_args()


def _documents(paths: list[str]) -> Iterator[Document]:
    known = [path.stem for path in sorted(EXPECTED.glob("*.json"))]
    for path in paths or known:
        if path in known:
            yield expected_document(path)
        else:
            yield from _loose(Path(path))


def expected_document(stem: str) -> Document:
    """The document that `tests/expected/{stem}.json` tells of."""
    expected = json.loads((EXPECTED / f"{stem}.json").read_text("utf-8"))
    source = expected["source"]
    if source in MADE:
        return Document(stem, source, MADE[source](), expected)
    folder = EXPECTED if source.startswith("samples/") else ROOT / "examples"
    return Document(stem, source, (folder / source).read_bytes(), expected)


def _loose(path: Path) -> Iterator[Document]:
    """Any CV, or those within a folder."""
    if path.is_dir():
        files = sorted(each for each in path.rglob("*") if each.suffix.lower() in SUFFIXES)
        for each in files:
            yield Document(str(each.relative_to(path)), each.name, each.read_bytes())
    elif path.is_file():
        yield Document(path.name, path.name, path.read_bytes())
    else:
        sys.exit(f"{path}: neither a file nor the name of an expected result")


def measured(document: Document) -> Result:
    """Reads a document with the parse step, in this process, and compares."""
    from cvplus_workflow.steps import parse
    from cvplus_workflow.steps.contract import JobSettings

    job = JobSettings(template="modern", file_name=Path(document.file_name).name)
    begin = time.perf_counter()
    try:
        output = parse.run(parse.Input(job=job, files={"source": document.content})).output
    except WorkflowError as error:
        seconds = time.perf_counter() - begin
        refused = Result(document.name, seconds, error=error.reason)
        refused.shares = _nothing_found(document.expected) if document.expected else {}
        return refused
    seconds = time.perf_counter() - begin
    read = output.model_dump(mode="json", by_alias=True)
    return Result(document.name, seconds, read["format"], shares=_shares(document, read))


def _shares(document: Document, read: dict[str, Any]) -> dict[str, score.Share]:
    cv, expected = read["cv"], document.expected
    placed = "\n".join(score.texts_of(cv))
    kept = "\n".join([placed, *(each["text"] for each in read["unplaced"])])
    source = text_of(document.file_name, document.content)
    shares = {
        "placed": score.coverage(source, placed),
        "kept": score.coverage(source, kept),
    }
    if expected is None:
        return shares
    return {
        "contact": score.contact_share(expected, cv),
        "sections": score.section_share(expected, cv),
        "entries": score.entry_share(expected, cv),
        "names": score.name_share(expected, cv),
        "phrases": score.phrase_share(expected, kept),
        **shares,
    }


def _nothing_found(expected: dict[str, Any]) -> dict[str, score.Share]:
    """A refused document counts with all that it would have had to give."""
    posts = sum(len(expected[kind]) for kind in ("experience", "volunteer", "education"))
    fields = len(score.CONTACT) + len(expected["links"])
    sizes = {"contact": fields, "sections": len(expected["headings"]), "entries": posts}
    return {measure: score.Share(0, size) for measure, size in sizes.items()}


def totals(results: Iterable[Result]) -> dict[str, Any]:
    """Shares over all documents, and how many were refused."""
    listed = list(results)
    found: dict[str, Any] = {
        "documents": len(listed),
        "refused": sum(bool(each.error) for each in listed),
        "seconds": round(sum(each.seconds for each in listed), 3),
    }
    for measure in MEASURES:
        shares = [each.shares[measure] for each in listed if measure in each.shares]
        right, of = sum(each.right for each in shares), sum(each.total for each in shares)
        if shares:
            found[measure] = {"right": right, "of": of, "share": round(right / (of or 1), 4)}
    return found


def table(results: list[Result]) -> Iterator[str]:
    """The figures in columns, the totals last."""
    width = max([len(each.name) for each in results] + [8])
    shown = [m for m in MEASURES if any(m in each.shares for each in results)]
    yield f"{'document':{width}}  {'format':12}" + "".join(f"{each:>12}" for each in shown) + "   s"
    for each in results:
        cells = [_cell(measure, each.shares.get(measure)) for measure in shown]
        yield (
            f"{each.name:{width}}  {each.format or each.error:12.12}"
            + "".join(f"{cell:>12}" for cell in cells)
            + f"{each.seconds:8.2f}"
        )
    total = totals(results)
    cells = [f"{100 * total[measure]['share']:.1f} %" for measure in shown if measure in total]
    yield f"{'total':{width}}  {total['refused']:>2} refused  " + "".join(f"{c:>12}" for c in cells)


def _cell(measure: str, share: score.Share | None) -> str:
    if share is None:
        return "–"
    if measure in {"placed", "kept"}:
        return f"{100 * share.value:.1f} %"
    return f"{share.right}/{share.total}"


def _mistakes(results: Iterable[Result]) -> Iterator[str]:
    for each in results:
        for measure, share in each.shares.items():
            if measure in {"placed", "kept"}:
                words = " ".join(share.mistakes[:60])
                yield f"{each.name} not {measure}: {words}" if words else ""
            else:
                yield from (f"{each.name} {measure}: {mistake}" for mistake in share.mistakes)


if __name__ == "__main__":
    main()
