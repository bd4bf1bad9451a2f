"""Jobs whose cost is measured: synthetic ones, and a real CV with all free features."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from cvplus_workflow.app import App
from cvplus_workflow.domain.documents import Job
from cvplus_workflow.domain.features import PRIVACY_MODE
from cvplus_workflow.domain.queue import StepClass
from cvplus_workflow.domain.states import JobStatus
from cvplus_workflow.steps.registry import BUILT_IN, Registry, latest
from tests.workloads import FEATURES, OWNER, ManualClock, Script, chain10, job10

from .metered import Bill, MeteredCloud

CV = Path(__file__).resolve().parents[2] / "examples" / "jane" / "resume.pdf"


class CostCase(Struct, frozen=True):
    """A job to be made: its steps, its features, and the document that it is made of."""

    what: str
    steps: Registry
    features: tuple[str, ...]
    content: bytes = b"# Ann"
    file_name: str = ""
    media_type: str = ""

    def create(self, app: App) -> Job:
        """Make the job, by the public service."""
        return app.jobs.create(
            OWNER,
            content=self.content,
            file_name=self.file_name,
            media_type=self.media_type,
            features=list(self.features),
        )


class Cost(Struct, frozen=True):
    """What a job cost from its creation to its end, and how many steps it had.

    `cold` is the bill of an instance's first job, `warm` that of one while what instances
    remember for a while (durations, flags) is still good. Each task is met by an instance that
    has not seen its job, as it is when the job was made, or was last worked on, elsewhere.
    """

    cold: Bill
    warm: Bill
    steps: int


def cases() -> dict[str, CostCase]:
    """All cases by name."""
    free = tuple(n for n, s in latest(BUILT_IN).items() if s.feature and n != PRIVACY_MODE)
    light, heavy = job10(), job10(step_class=StepClass.HEAVY)
    return {
        "job10": CostCase("ten light steps", Script().registry(light), FEATURES),
        "chain10": CostCase("ten light steps in a row", Script().registry(chain10()), FEATURES),
        "job10-alone": CostCase(
            "ten heavy steps, each an invocation of its own as far as they can be",
            Script().registry(heavy),
            FEATURES,
        ),
        "cv": CostCase(
            "a real CV (PDF) with all free features",
            BUILT_IN,
            free,
            CV.read_bytes(),
            CV.name,
            "application/pdf",
        ),
    }


def cost_of(case: CostCase, hosts: Mapping[str, str]) -> Cost:
    """Run two jobs of `case` to their end on emulators; raises if one does not complete.

    The clock of the instance stands still, so that what it remembers is good for ever; the
    documents have Firestore's time.
    """
    cloud = MeteredCloud(hosts, case.steps, ManualClock(datetime.now(UTC)))
    try:
        cold, warm = _bill(cloud, case), _bill(cloud, case)
        return Cost(cold[0], *warm)
    finally:
        cloud.close()


def _bill(cloud: MeteredCloud, case: CostCase) -> tuple[Bill, int]:
    with cloud.metered() as bills:
        job = case.create(cloud.app)
        cloud.forget()
        while cloud.carry():
            cloud.forget()
    job = cloud.job(job.id)
    assert job.status is JobStatus.COMPLETED, job.error
    return bills[0], len(job.run.steps)
