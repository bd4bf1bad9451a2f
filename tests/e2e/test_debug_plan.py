"""The plan of a job on the command line, and the remaining time as it is shown (D, J4)."""

from io import StringIO
from pathlib import Path

from rich.console import Console

from cvplus_workflow.cli_view import show_progress
from cvplus_workflow.domain.estimates import MIN_SAMPLES, Measured
from cvplus_workflow.domain.monitoring import job_progress
from tests.e2e.test_cli import SMALL, Here
from tests.workloads import JobScene, catalogue

CHOSEN = "skills-visualization,generate-podcast"


def test_the_debugger_shows_phases_the_critical_path_and_the_reasons(tmp_path: Path) -> None:
    """D `feature-orchestration`."""
    here = Here(tmp_path)
    (tmp_path / "cv.md").write_text(SMALL)
    told = here.give("run", "cv.md", "--features", CHOSEN, "--out", "out")
    job = told.splitlines()[0].removeprefix("job ")
    shown = here.give("debug", "feature-orchestration", job).splitlines()
    assert shown[0].startswith(f"{job}  completed, run 1; 0 of at most 20 steps")
    assert "parse -> skills-visualization -> assemble -> quality" in shown[1]
    assert shown[2] == "phase 1"
    (parse,) = [line for line in shown if line.startswith("  * parse")]
    assert "estimated; took " in parse
    place = next(n for n, line in enumerate(shown) if line.startswith("    generate-podcast"))
    assert "refused" in shown[place]
    assert "not available" in shown[place + 1]
    assert "      after skills-visualization, generate-podcast" in shown
    here.give("debug", "feature-orchestration", "nobody", code=2)


def shown(scene: JobScene, measured: dict[tuple[str, int], Measured]) -> str:
    out = Console(file=StringIO(), force_terminal=True, width=120, no_color=True)
    show_progress(out, job_progress(scene.job, scene.now, measured))
    assert isinstance(out.file, StringIO)
    return out.file.getvalue()


def test_the_remaining_time_is_shown_as_an_interval_and_labelled_while_it_is_a_guess() -> None:
    """J4."""
    scene = JobScene(catalogue(estimate_s=1.0))
    assert "about 1.5 to 6.0 s left, estimated" in shown(scene, {})
    known = {(name, 1): Measured(MIN_SAMPLES, 1.0, 2.0, 3.0) for name in scene.catalogue}
    assert "about 3.0 to 9.0 s left" in shown(scene, known)
    assert "estimated" not in shown(scene, known)
    scene.work()
    assert "left" not in shown(scene, known)
