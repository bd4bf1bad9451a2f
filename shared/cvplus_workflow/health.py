"""Checks of what is shipped and of this installation, for `doctor` and the build."""

import stat
from collections.abc import Callable
from pathlib import Path

import apsw
from msgspec import Struct

from .domain.plan import examine, job_plan
from .domain.templates import TEMPLATES
from .embedded.engine import storage_errors
from .errors import Code, WorkflowError
from .settings import Settings
from .steps.registry import BUILT_IN, latest

DATABASE = "workflow.db"

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
        _checked("database", lambda: _check_database(settings.data / DATABASE)),
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


def _check_database(path: Path) -> str:
    if not path.exists():
        return "none yet"
    with storage_errors():
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            finding = connection.execute("PRAGMA quick_check(1)").fetchall()
        finally:
            connection.close()
    if finding != [("ok",)]:
        raise WorkflowError(Code.DATA_LOSS, "damaged; restore a backup of the data folder")
    return f"{path.stat().st_size >> 10} kB, sound"


def _check_folder(path: Path) -> str:
    if not path.exists():
        return f"{path}, not made yet"
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise WorkflowError(
            Code.FAILED_PRECONDITION, f"{path} is open to others (mode {mode:o}); make it 700"
        )
    return f"{path}, mode {mode:o}"
