"""Step outputs and files: stored before the commit that names them, loaded for who needs them."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, Raw

from ..domain.documents import (
    BODY_FILE,
    DOCUMENT_LIMIT,
    INLINE_LIMIT,
    Job,
    Output,
    StoredFile,
    output_ref,
)
from ..domain.features import JOB_DESCRIPTION, StepSpec
from ..domain.states import StepState
from ..errors import Code, WorkflowError
from ..ports import Files, StepReply, Store


class Outputs:
    """Reads and writes what steps produce."""

    def __init__(self, store: Store, files: Files) -> None:
        self._store = store
        self._files = files

    def keep(self, job: Job, reply: StepReply) -> tuple[Output, Raw]:
        """Store a reply's files, and its body where it is too large for a document."""
        files = {
            name: self._files.put(job.id, content, media_type)
            for name, (media_type, content) in reply.files.items()
        }
        size, digest = len(reply.body), hashlib.sha256(reply.body).hexdigest()
        if size > DOCUMENT_LIMIT:
            files[BODY_FILE] = self._files.put(job.id, reply.body, "application/json")
        body = Raw(reply.body)
        inline = body if size <= INLINE_LIMIT else UNSET
        spilled = INLINE_LIMIT < size <= DOCUMENT_LIMIT
        return Output(digest, inline, spilled, files), body

    def body(self, job: Job, step: str) -> Raw | None:
        """The JSON that `step` produced, or None if it has not completed."""
        output = job.run.steps[step].output if step in job.run.steps else None
        if output is None:
            return None
        if isinstance(output.inline, Raw):
            return output.inline
        if BODY_FILE in output.files:
            return Raw(self._content(job, output.files[BODY_FILE], step))
        document = self._store.get(output_ref(job.id, output.hash))
        if document is None:
            raise WorkflowError(
                Code.DATA_LOSS, f"The output of {step} is gone.", reason="output-missing"
            )
        return document.body

    def given(self, job: Job, spec: StepSpec, known: Mapping[str, Raw]) -> bytes:
        """The JSON that `spec`'s body is given; `known`, by hash, saves reading."""
        outputs: dict[str, Any] = {}
        for step in (*spec.needs, *spec.after):
            if job.run.steps[step].state == StepState.COMPLETED:
                body = self._known(job, step, known) or self.body(job, step)
                outputs[step] = body if body is not None else {}
        settings = {**_settings(job), **self._description(job, spec)}
        return msgspec.json.encode({"job": settings, "outputs": outputs})

    def _description(self, job: Job, spec: StepSpec) -> dict[str, str]:
        """The text of the vacancy, for a step that reads it; only such a step pays for that."""
        file = job.run.definition.job_description
        if file is None or JOB_DESCRIPTION not in spec.reads:
            return {}
        return {"jobDescription": self._content(job, file, spec.id).decode()}

    @staticmethod
    def _known(job: Job, step: str, known: Mapping[str, Raw]) -> Raw | None:
        output = job.run.steps[step].output
        return None if output is None else known.get(output.hash)

    def files(self, job: Job, spec: StepSpec) -> dict[str, bytes]:
        """The files that `spec` reads, by name; raises data-loss if one is missing."""
        return {
            name: self._content(job, _find(job, spec, name), spec.id)
            for name in spec.reads
            if name != JOB_DESCRIPTION
        }

    def _content(self, job: Job, file: StoredFile, step: str) -> bytes:
        try:
            return self._files.get(job.id, file)
        except WorkflowError as error:
            if error.code != Code.NOT_FOUND:
                raise
            raise WorkflowError(
                Code.DATA_LOSS, f"A file of {step} is gone.", reason="file-missing"
            ) from None


def _settings(job: Job) -> dict[str, Any]:
    steps, skipped = job.run.steps, StepState.SKIPPED
    return {
        "template": job.run.definition.template_id,
        "paper": job.run.definition.paper,
        "features": [f for f in job.selected_features if steps[f].state is not skipped],
        "fileName": job.file_name,
        "mediaType": job.mime_type,
        "role": job.run.definition.role,
        "url": job.run.definition.url,
    }


def _find(job: Job, spec: StepSpec, name: str) -> StoredFile:
    if name == "source" and job.run.source is not None:
        return job.run.source
    for step in (*spec.needs, *spec.after):
        output = job.run.steps[step].output
        if output is not None and name in output.files:
            return output.files[name]
    raise WorkflowError(Code.DATA_LOSS, f"{spec.id} finds no file {name}.", reason="file-missing")
