"""Documents that are drawn from the code are up to date."""

import re
from importlib.util import module_from_spec, spec_from_file_location

import pytest

from cvplus_workflow.domain.states import JOB_MOVES, STEP_MOVES
from tests.layout.tree import ROOT

DOCS = ROOT / "docs"


def _generated() -> dict[str, str]:
    spec = spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    documents: dict[str, str] = module.documents()
    return documents


@pytest.mark.parametrize("name", ["result.schema.json", "state-diagrams.md"])
def test_a_generated_document_is_what_the_code_says(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == _generated()[name], "run: make generate"


def test_the_diagrams_draw_every_legal_move_and_no_other() -> None:
    text = _generated()["state-diagrams.md"]
    drawn = re.findall(r"^    (\S+) --> (\w+)$", text, re.MULTILINE)
    moves = [
        (old.value, new.value)
        for table in (JOB_MOVES, STEP_MOVES)
        for old, news in table.items()
        for new in news
    ]
    assert sorted(drawn) == sorted(moves)
