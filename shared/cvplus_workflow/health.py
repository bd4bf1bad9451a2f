"""Checks of what is shipped and of this installation, for `doctor` and the build."""

import hashlib
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import msgspec
from msgspec import Struct

from .app import DATABASE, SIGNING_KEY
from .domain.documents import Job
from .domain.estimates import bodiless
from .domain.features import StepSpec
from .domain.plan import examine, job_plan
from .domain.states import ENDED_STEPS
from .domain.templates import TEMPLATES
from .embedded.backup import require_sound
from .embedded.engine import require_database, storage_errors
from .errors import Code, StorageError, WorkflowError
from .settings import Settings
from .steps.registry import BUILT_IN, latest

HASH_DIGITS = 64
"""Hexadecimal digits of a SHA-256."""

_RESTORE = "Move the folder away, then `cvplus-workflow restore BACKUP`."

WAL_FIXED_IN = (3, 51, 3)
"""The first SQLite without the rare WAL-reset fault of several connections."""


class Check(Struct, frozen=True):
    """One finding; `fine` if nothing has to be done about it."""

    name: str
    fine: bool
    finding: str


def shipped_checks() -> list[Check]:
    """Every pipeline can run, every template renders."""
    return [_checked("pipelines", _check_pipelines), _checked("templates", _check_templates)]


def installation_checks(settings: Settings) -> list[Check]:
    """A PDF comes out; SQLite's version; the database and the data folder. Makes nothing."""
    return [
        _checked("rendering", _check_rendering),
        _checked("sqlite", _check_sqlite),
        _checked("database", lambda: _check_database(settings.data)),
        _checked("steps", lambda: _check_steps(settings.data / DATABASE)),
        _checked("files", lambda: _check_files(settings.data / "files/content")),
        _checked("folder", lambda: _check_folder(settings.data)),
    ]


def _checked(name: str, check: Callable[[], str]) -> Check:
    try:
        return Check(name, True, check())
    except WorkflowError as error:
        return Check(name, False, error.message)


def _check_pipelines() -> str:
    catalogue = latest(BUILT_IN)
    features = [spec.id for spec in catalogue.values() if spec.feature]
    for chosen in (None, [], features, *([feature] for feature in features)):
        job_plan(catalogue, chosen)
    return f"{len(examine(catalogue).phases)} phases, {len(features)} features"


def _check_templates() -> str:
    from .steps.assemble import check_template

    for template in TEMPLATES.values():
        check_template(template)
    return f"{len(TEMPLATES)} templates render"


def _check_sqlite() -> str:
    version = tuple(int(part) for part in apsw.sqlite_lib_version().split("."))
    if version < WAL_FIXED_IN:
        raise WorkflowError(
            Code.FAILED_PRECONDITION,
            f"SQLite {apsw.sqlite_lib_version()} has the WAL-reset fault; install a newer apsw.",
        )
    return f"version {apsw.sqlite_lib_version()}"


def _check_rendering() -> str:
    from .steps import assemble
    from .steps.contract import JobSettings

    outputs = {"parse": {"cv": {"personalInfo": {"name": "Ada"}}}}
    given = assemble.Input(job=JobSettings(template="modern"), outputs=outputs)
    pdf = assemble.run(given).files[assemble.PDF_FILE].content
    return f"a page makes a PDF of {len(pdf)} bytes"


def _check_database(folder: Path) -> str:
    path = folder / DATABASE
    try:
        if (folder / SIGNING_KEY).exists():
            require_database(path)
        if not path.exists():
            return "none yet"
        jobs = _readable_jobs(path)
    except StorageError as error:
        if error.code is not Code.DATA_LOSS:
            raise
        raise WorkflowError(Code.DATA_LOSS, f"{error.message} {_RESTORE}") from error
    return f"{path.stat().st_size >> 10} kB, sound, {jobs} jobs"


def _readable_jobs(path: Path) -> int:
    """How many jobs there are; raises data-loss for anything damaged in the database."""
    with _connected(path) as connection:
        require_sound(connection)
        _require_whole_contents(connection)
        bodies = connection.execute("SELECT body FROM documents WHERE user_id IS NOT NULL")
        return len([_job(body).id for (body,) in bodies])


@contextmanager
def _connected(path: Path) -> Iterator[apsw.Connection]:
    with storage_errors():
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            yield connection
        finally:
            connection.close()


def _check_steps(path: Path) -> str:
    """Whatever unfinished jobs have still to run is here, in the version that they pinned."""
    if not path.exists():
        return "none waited for"
    with _connected(path) as connection:
        bodies = connection.execute("SELECT body FROM documents WHERE deadline IS NOT NULL")
        specs = [spec for (body,) in bodies for spec in _open_steps(_job(body))]
    missing = sorted({f"{spec.id} {spec.version}" for spec in specs} - _RUNNABLE)
    if missing:
        raise WorkflowError(
            Code.FAILED_PRECONDITION,
            f"Jobs wait for steps that this version lacks: {', '.join(missing)}. "
            "Finish them with the version that made them.",
        )
    return f"{len(specs)} waited for, all here"


_RUNNABLE = {f"{step} {version}" for step, version in BUILT_IN}


def _open_steps(job: Job) -> list[StepSpec]:
    specs = [job.run.definition.specs[name] for name in job.run.steps]
    return [
        spec
        for spec in specs
        if job.run.steps[spec.id].state not in ENDED_STEPS and not bodiless(spec)
    ]


def _require_whole_contents(connection: apsw.Connection) -> None:
    """Raise data-loss for content that is not what its hash says."""
    if not connection.table_exists("main", "contents"):
        return
    for folder, digest, body in connection.execute("SELECT folder, hash, body FROM contents"):
        if hashlib.sha256(body).hexdigest() != digest:
            raise WorkflowError(Code.DATA_LOSS, f"{folder}/{digest} is damaged. {_RESTORE}")


def _job(body: Any) -> Job:
    return msgspec.json.decode(body, type=Job)


def _check_files(content: Path) -> str:
    """Every file has the content that its name, a SHA-256, says."""
    files = [
        path for path in content.rglob("*") if path.is_file() and len(path.name) == HASH_DIGITS
    ]
    for path in files:
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != path.name:
                raise WorkflowError(
                    Code.DATA_LOSS, f"{path.parent.name}/{path.name} is damaged. {_RESTORE}"
                )
    return f"{len(files)} files, sound"


def _check_folder(path: Path) -> str:
    if not path.exists():
        return f"{path}, not made yet"
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise WorkflowError(
            Code.FAILED_PRECONDITION, f"{path} is open to others (mode {mode:o}); make it 700"
        )
    return f"{path}, mode {mode:o}"
