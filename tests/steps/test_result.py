"""`result.json` is what its published JSON Schema says (J9)."""

import copy
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator
from msgspec import Struct
from msgspec.structs import fields

from cvplus_workflow.domain.documents import StoredFile
from cvplus_workflow.domain.results import SCHEMA_VERSION, FeatureResult, JobResult
from cvplus_workflow.steps.contract import Model
from cvplus_workflow.steps.result import ResultDocument, ResultFeature, ResultFile

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "result.schema.json").read_text(encoding="utf-8"))
CVS = ("richard/sample.resume.json", "jane/resume.md")
RUN = "import sys; from cvplus_workflow.cli import main; sys.exit(main())"


@cache
def _written(cv: str) -> str:
    """The `result.json` that the command line writes for an example."""
    with TemporaryDirectory() as folder:
        to = Path(folder)
        places = ["--data", str(to / "data"), "--out", str(to / "out")]
        command = [sys.executable, "-c", RUN, "run", str(ROOT / "examples" / cv), *places]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert ended.returncode == 0, ended.stderr
        return (to / "out" / "result.json").read_text(encoding="utf-8")


def _result(cv: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(_written(cv))
    return document


def _fits(document: object) -> bool:
    return Draft202012Validator(SCHEMA).is_valid(document)


@pytest.mark.parametrize("cv", CVS)
def test_a_written_result_fits_the_schema(cv: str) -> None:
    result = _result(cv)
    assert [str(error) for error in Draft202012Validator(SCHEMA).iter_errors(result)] == []
    assert result["cv"]["personalInfo"]["name"]


@pytest.mark.parametrize("cv", CVS)
def test_a_completed_feature_hands_over_the_data_that_it_found(cv: str) -> None:
    features = {each["id"]: each for each in _result(cv)["features"]}
    timeline = features["interactive-timeline"]
    assert timeline["state"] == "completed"
    assert timeline["data"]["events"]
    assert all("fragment" not in each.get("data", {}) for each in features.values())


ALTERATIONS: dict[str, Any] = {
    "another version": lambda d: d.update(schemaVersion="2.0"),
    "an unknown field": lambda d: d.update(surprise=1),
    "no features": lambda d: d.pop("features"),
    "an unknown status": lambda d: d.update(status="done"),
    "a run below one": lambda d: d.update(run=0),
    "a name that is a number": lambda d: d["cv"]["personalInfo"].update(name=7),
    "a field that the CV does not have": lambda d: d["cv"].update(hobbies=[]),
    "a feature without its state": lambda d: d["features"][0].pop("state"),
    "a file without its hash": lambda d: d["files"]["cv.pdf"].update(hash=""),
    "a verdict of its own": lambda d: d["quality"].update(verdict="fine"),
}


@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_an_altered_result_does_not_fit_the_schema(alteration: str) -> None:
    document = _result(CVS[0])
    altered = copy.deepcopy(document)
    ALTERATIONS[alteration](altered)
    assert _fits(document)
    assert not _fits(altered)


@pytest.mark.parametrize(
    ("model", "written"),
    [(ResultDocument, JobResult), (ResultFeature, FeatureResult), (ResultFile, StoredFile)],
)
def test_the_schema_and_the_code_that_writes_have_the_same_fields(
    model: type[Model], written: type[Struct]
) -> None:
    described = [field.alias for field in model.model_fields.values()]
    assert described == [field.encode_name for field in fields(written)]


def test_the_schema_is_of_the_version_that_is_written() -> None:
    assert SCHEMA["properties"]["schemaVersion"]["const"] == SCHEMA_VERSION
    assert SCHEMA["$id"].endswith(f":{SCHEMA_VERSION}")


def test_the_schema_is_a_sound_draft_2020_12_schema() -> None:
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator(SCHEMA)
    assert not _fits({})


@pytest.mark.parametrize("cv", CVS)
def test_a_result_read_as_a_cv_again_is_the_same_cv(cv: str, tmp_path: Path) -> None:
    first = _result(cv)
    corrected = copy.deepcopy(first)
    corrected["cv"]["personalInfo"]["title"] = "Corrected title"
    path = tmp_path / "result.json"
    path.write_text(json.dumps(corrected), encoding="utf-8")
    again = _result(str(path))
    assert again["format"] == "result"
    assert again["cv"] == corrected["cv"]
    assert _fits(again)
