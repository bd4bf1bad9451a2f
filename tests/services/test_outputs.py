"""Where outputs are kept: in the job, in a document of their own, or in a file."""

import msgspec
import pytest
from msgspec import UNSET, Raw

from cvplus_workflow.domain.change import Change
from cvplus_workflow.domain.documents import (
    BODY_FILE,
    DOCUMENT_LIMIT,
    INLINE_LIMIT,
    GeneratedCv,
    Job,
    Output,
    StoredFile,
    job_ref,
    show_output,
    spilled_output,
)
from cvplus_workflow.domain.states import StepState
from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.ports import StepReply
from cvplus_workflow.services.outputs import Outputs
from tests.services.installation import Installation
from tests.workloads import FEATURES


def kept(installation: Installation, size: int) -> tuple[Job, Output, Raw]:
    """The first feature's output of so many bytes, kept and committed."""
    job = installation.create()
    reply = StepReply(b'"' + b"x" * (size - 2) + b'"', {})
    output, body = Outputs(installation.store, installation.files).keep(job, reply)
    job.run.steps[FEATURES[0]].output = output
    documents = spilled_output(job, output, body)
    installation.store.transact(lambda _: Change(None, tuple(documents)), "keep")
    return job, output, body


@pytest.mark.parametrize(
    ("size", "place"),
    [
        (INLINE_LIMIT, "job"),
        (INLINE_LIMIT + 1, "document"),
        (DOCUMENT_LIMIT, "document"),
        (DOCUMENT_LIMIT + 1, "file"),
    ],
)
def test_an_output_is_kept_by_its_size_and_comes_back_as_it_was(
    installation: Installation, size: int, place: str
) -> None:
    job, output, body = kept(installation, size)
    places = {
        "job": output.inline is not UNSET,
        "document": output.spilled,
        "file": bool(output.files),
    }
    assert [name for name, used in places.items() if used] == [place]
    again = Outputs(installation.store, installation.files).body(job, FEATURES[0])
    assert again is not None
    assert bytes(again) == bytes(body)


def test_a_step_without_an_output_has_no_body(installation: Installation) -> None:
    outputs, job = Outputs(installation.store, installation.files), installation.create()
    assert outputs.body(job, FEATURES[0]) is None
    assert outputs.body(job, "no-such-step") is None


def test_files_of_a_reply_are_stored_by_name(installation: Installation) -> None:
    job = installation.create()
    reply = StepReply(
        b"{}", {"cv.html": ("text/html", b"<p>"), "cv.pdf": ("application/pdf", b"%")}
    )
    output, _ = Outputs(installation.store, installation.files).keep(job, reply)
    assert {name: file.media_type for name, file in output.files.items()} == {
        "cv.html": "text/html",
        "cv.pdf": "application/pdf",
    }
    assert installation.files.get(job.id, output.files["cv.html"]) == b"<p>"


def test_damaged_and_missing_bodies_are_data_losses(installation: Installation) -> None:
    outputs = Outputs(installation.store, installation.files)
    job, output, _ = kept(installation, DOCUMENT_LIMIT + 1)
    installation.files.delete_folder(job.id)
    with pytest.raises(WorkflowError) as missing:
        outputs.body(job, FEATURES[0])
    assert (missing.value.code, missing.value.reason) == (Code.DATA_LOSS, "file-missing")
    job.run.steps[FEATURES[0]].output = Output(output.hash, spilled=True)
    with pytest.raises(WorkflowError) as gone:
        outputs.body(job, FEATURES[0])
    assert (gone.value.code, gone.value.reason) == (Code.DATA_LOSS, "output-missing")
    assert installation.store.get(job_ref(job.id)) is not None


def test_the_files_that_features_made_go_with_the_page(installation: Installation) -> None:
    job = installation.create()
    page, calendar = (StoredFile(each * 64, "text/plain", 1) for each in "ab")
    made = {FEATURES[0]: {"career.ics": calendar, BODY_FILE: page}, "assemble": {"cv.html": page}}
    for step, files in made.items():
        job.run.steps[step].output = Output("c" * 64, files=files)
        job.run.steps[step].state = StepState.COMPLETED
    job.run.steps[FEATURES[1]].output = Output("d" * 64, files={"unfinished.txt": page})
    show_output(job, "assemble", Raw(b"{}"))
    assert isinstance(job.generated_cv, GeneratedCv)
    assert job.generated_cv.files == {"career.ics": calendar, "cv.html": page}


def test_a_step_is_told_of_the_chosen_features_but_for_the_skipped(
    installation: Installation,
) -> None:
    job = installation.create()
    job.run.steps[FEATURES[0]].state = StepState.SKIPPED
    outputs = Outputs(installation.store, installation.files)
    given = msgspec.json.decode(outputs.given(job, job.run.definition.specs["parse"], {}))
    left = [each for each in job.selected_features if each != FEATURES[0]]
    assert FEATURES[0] in job.selected_features
    assert given["job"]["features"] == left
