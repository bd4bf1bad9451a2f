"""What happens in a seed: jobs, features, workers, users, deployments and faults."""

import random
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from cvplus_workflow.app import App
from cvplus_workflow.domain.documents import Job
from cvplus_workflow.domain.features import CATALOGUE, StepSpec
from cvplus_workflow.domain.jobs import Caller
from cvplus_workflow.domain.queue import StepClass
from cvplus_workflow.domain.states import ENDED_JOBS, FeatureStatus, JobStatus
from cvplus_workflow.errors import WorkflowError
from cvplus_workflow.ports import StepCall
from cvplus_workflow.steps.contract import Model, Produced, Step, StepInput
from cvplus_workflow.steps.registry import Registry
from cvplus_workflow.worker import run_once

from .faults import Fault, Faults, draw
from .invariants import Witness
from .outside import SimulatedHttp, Surroundings, operator, surroundings_of
from .ports import (
    SimulatedClock,
    SimulatedDispatcher,
    SimulatedEntropy,
    SimulatedFiles,
    SimulatedPublisher,
    SimulatedRunner,
    SimulatedSigner,
    SimulatedStore,
)
from .world import Actor, ViolationError, World

WORKERS = 2
SWEEP_SECONDS = 30.0
FAULTS_OVER = 150.0
"""Seconds after which no new fault strikes and no user acts."""

LONGEST_LEASE = 310.0
REST = LONGEST_LEASE + 2 * SWEEP_SECONDS + 200
"""Once faults stop, all must be at rest within a lease and two sweeps, and the work itself."""

ACTIONS = ("cancel", "pause", "resume", "process", "choose", "rerun", "rerun", "skip")


class TokenOutput(Model):
    """A simulated body's output: the number of its execution."""

    token: int


class SimulatedInput(StepInput):
    """Never read: bodies are simulated."""


def _unused(_given: object) -> Produced:
    raise AssertionError("simulated bodies do not run")


def _registry(version: int) -> Registry:
    """Two deployments: the second has newer steps with other dependencies."""
    chance = random.Random(version)
    parse_class = StepClass.STANDARD if version == 1 else StepClass.LIGHT
    parse = StepSpec("parse", version, "parse", parse_class, timeout_s=50, reads=("source",))
    specs = [parse]
    for index, feature in enumerate(CATALOGUE):
        earlier = CATALOGUE[max(0, index - 4) : index]
        after = tuple(chance.sample(earlier, min(len(earlier), chance.randrange(3))))
        step_class = chance.choice((StepClass.LIGHT, StepClass.LIGHT, StepClass.STANDARD))
        spec = StepSpec(feature, version, feature, step_class, feature=True, needs=("parse",))
        specs.append(replace(spec, after=after, estimate_s=chance.random()))
    specs.append(StepSpec("assemble", 1, "assemble", StepClass.STANDARD, needs=("parse",)))
    specs.append(StepSpec("quality", 1, "quality", needs=("assemble",)))
    return {
        (spec.id, spec.version): Step(spec, SimulatedInput, TokenOutput, _unused) for spec in specs
    }


OLD = _registry(1)
NEW = {**OLD, **_registry(2)}
"""A deployment keeps the versions that jobs pin."""


class _Answer(Struct):
    run: int
    attempt: int
    token: str
    output: dict[str, Any]
    retryable: bool = True


_SERVICE = Caller("service", "t", frozenset({"user", "service"}))


class Plan(Struct, frozen=True):
    """Everything that a seed will do, drawn before anything runs; parts of it can be left out."""

    seed: int
    faults: tuple[Fault, ...]
    jobs: tuple[tuple[float, tuple[str, ...] | None], ...]
    actions: tuple[tuple[float, int, str], ...]
    deploy_at: float
    jumps: tuple[tuple[float, float], ...]
    drift: float
    around: Surroundings = Surroundings()


def plan_of(seed: int) -> Plan:
    """The plan of a seed: 3 jobs of 5 to 10 features, at least 13 faults, of which most strike."""
    chance = random.Random(seed * 7919 + 1)
    jobs = tuple(
        (chance.random() * 10, _features(chance) if chance.random() < 0.8 else None)
        for _ in range(3)
    )
    actions = [
        (chance.random() * 40, chance.randrange(3), chance.choice(ACTIONS))
        for _ in range(chance.randrange(4))
    ]
    actions += [
        (25 + chance.random() * 15, n, "choose") for n, job in enumerate(jobs) if job[1] is None
    ]
    jumps = [(chance.random() * 60, chance.uniform(-90, 90))] if chance.random() < 0.3 else []
    drift = chance.uniform(-0.02, 0.02)
    faults = tuple(draw(chance, 13 + chance.randrange(4)))
    deploy_at = chance.random() * 20
    features = [feature for _, chosen in jobs for feature in chosen or ()] or CATALOGUE
    around = surroundings_of(seed, features, deploy_at)
    faults += around.faults
    return Plan(seed, faults, jobs, tuple(actions), deploy_at, tuple(jumps), drift, around)


_SIZES = (5, 5, 5, 5, 5, 6, 7, 10)
"""How many features a job has: most have few, so that more seeds are run."""


def _features(chance: random.Random) -> tuple[str, ...]:
    return tuple(chance.sample(CATALOGUE, chance.choice(_SIZES)))


class Outcome(Struct):
    """How a seed ended."""

    seed: int
    violation: str
    digest: str
    struck: int
    commits: int
    story: list[str]


class SimulatedApp(App):
    """The production services on simulated ports, with the queue that a local worker needs."""

    tasks: SimulatedDispatcher


class Simulation:
    """One seed's world, from its plan to its outcome."""

    def __init__(self, plan: Plan, story: bool = False) -> None:
        self.plan = plan
        self.world = World(plan.seed, story)
        self.witness = Witness(self.world)
        self.faults = Faults(plan.faults)
        self.store = SimulatedStore(self.world, self.faults, self.witness)
        self._dispatcher = SimulatedDispatcher(self.world, self.faults, self.witness)
        self._files = SimulatedFiles(self.world, self.faults, self.witness)
        self._http = SimulatedHttp(self.world, self.faults, self.witness)
        self._steps = OLD
        self.app = self._deploy(OLD)
        self._deaths = 0
        self._acting = len(plan.jobs) + len(plan.actions) + len(plan.around.repeated)
        self._ids: dict[int, str] = {}
        self._caller = Caller("u", "t")
        self._moment = (-1, -1)
        self._rests = False

    def run(self) -> Outcome:
        """Run the seed to its end."""
        violation = ""
        try:
            self._live()
        except ViolationError as error:
            violation = str(error)
        world = self.world
        if world.crashed_at_call:
            self.faults.kinds.add("crash-at-call")
        return Outcome(
            self.plan.seed,
            violation,
            world.digest,
            self.faults.struck + world.crashed_at_call,
            self.witness.commits,
            world.lines or [],
        )

    def _live(self) -> None:
        world = self.world
        world.bereaved = self._replace_worker
        world.drift = self.plan.drift
        world.crashes = frozenset(f.number for f in self.plan.faults if f.place == "call")
        for number in range(WORKERS):
            world.spawn(f"worker-{number}", self._work)
        world.spawn("sweeper", self._sweep)
        for number, (at, features) in enumerate(self.plan.jobs):
            world.spawn(f"user-{number}", self._creates(number, at, features))
        for at, number, action in self.plan.actions:
            world.spawn(f"user-{number}", self._acts(at, number, action))
        for number in self.plan.around.repeated:
            at, features = self.plan.jobs[number]
            world.spawn(f"user-{number}", self._creates(number, at + 0.5, features))
        elsewhere = self._deploy(OLD) if self.plan.around.changes else self.app
        for change in self.plan.around.changes:
            world.spawn("operator", operator(world, elsewhere, change))
        for at, seconds in self.plan.jumps:
            world.spawn("clock", self._jumps(at, seconds))
        world.spawn("deployer", self._deploys)
        world.run(self._all_done, FAULTS_OVER)
        self.faults.over = True
        world.run(self._at_rest, max(world.seconds, FAULTS_OVER) + REST)
        self.witness.at_end()

    def _deploy(self, steps: Registry) -> SimulatedApp:
        world, faults, witness = self.world, self.faults, self.witness
        runner = SimulatedRunner(world, faults, witness, lambda: self._steps)
        runner.answers = self._answer
        app = SimulatedApp(
            self.store,
            self._dispatcher,
            SimulatedPublisher(world, faults, witness),
            self._files,
            SimulatedClock(world),
            SimulatedEntropy(world),
            runner,
            SimulatedSigner(),
            steps,
            self._http,
        )
        app.tasks = self._dispatcher
        return app

    def _deploys(self) -> None:
        self.world.sleep(self.plan.deploy_at)
        self._steps = NEW
        self.app = self._deploy(NEW)

    def _answer(self, call: StepCall, token: int) -> None:
        """A CVPlus service calls back, until it has been heard."""
        job_id, run, step = call.key.split("/")
        authority = self.app.features.callback_token(job_id, step, int(run), call.attempt)
        answer = _Answer(int(run), call.attempt, authority, {"token": token})
        for _ in range(5):
            try:
                self.app.features.update_status(
                    _SERVICE, job_id, step, FeatureStatus.COMPLETED, answer
                )
            except WorkflowError as error:
                self.world.tell(f"is told {error.reason}")
                self.world.sleep(2)
            else:
                return

    def _work(self) -> None:
        self.app.queue.recover()
        while True:
            if not run_once(self.app, limit=3):  # type: ignore[arg-type]
                self.world.sleep(self.app.tasks.idle())

    def _sweep(self) -> None:
        while True:
            self.world.sleep(SWEEP_SECONDS)
            self.app.queue.sweep()

    def _replace_worker(self, _actor: Actor) -> None:
        self._deaths += 1
        name = f"worker-{WORKERS + self._deaths - 1}"

        def starts_later() -> None:
            self.world.sleep(self.world.random.random() * 10)
            self._work()

        self.world.spawn(name, starts_later)

    def _creates(
        self, number: int, at: float, features: tuple[str, ...] | None
    ) -> Callable[[], None]:
        def create() -> None:
            self.world.sleep(at)
            wanted = features
            while number not in self._ids:
                try:
                    job = self.app.jobs.create(
                        self._caller,
                        **self._document(number),
                        features=wanted,
                        key=str(number),
                        parallel=4 + 2 * number,
                    )
                except WorkflowError as error:
                    if number in self._ids:
                        break
                    wanted = _possible(wanted, error)
                    self.world.sleep(1)
                    continue
                self._ids[number] = job.id
                self.witness.accepted.add(job.id)
            self._acting -= 1

        return create

    def _document(self, number: int) -> dict[str, Any]:
        if number in self.plan.around.addressed:
            return {"file_url": f"https://cv.example/{number}"}
        return {"content": f"cv {number}".encode()}

    def _acts(self, at: float, number: int, action: str) -> Callable[[], None]:
        def act() -> None:
            self.world.sleep(at)
            self._acting -= 1
            if number not in self._ids:
                return
            self.world.tell(f"wants to {action}")
            try:
                _act(self.app, self._caller, self._ids[number], action, self.world.random)
            except WorkflowError as error:
                self.world.tell(f"is told {error.reason}")

        return act

    def _jumps(self, at: float, seconds: float) -> Callable[[], None]:
        def jump() -> None:
            self.world.sleep(at)
            self.world.skew += seconds
            self.world.jumped = True

        return jump

    def _all_done(self) -> bool:
        return not self._acting and self._at_rest()

    def _at_rest(self) -> bool:
        """Only a commit changes the answer, and a job's making does."""
        moment = (self.witness.commits, len(self._ids))
        if moment != self._moment:
            self._moment = moment
            rests = len(self._ids) == len(self.plan.jobs)
            self._rests = rests and all(map(_rests, self.witness.jobs.values()))
        return self._rests


def _possible(features: tuple[str, ...] | None, error: WorkflowError) -> tuple[str, ...] | None:
    """What a user asks for who is told that some features are not switched on."""
    off = error.details.get("features", ()) if error.reason == "feature-off" else ()
    return features and tuple(feature for feature in features if feature not in off)  # type: ignore[operator]


def _rests(job: Job) -> bool:
    if job.status in ENDED_JOBS:
        return not job.run.effects
    return job.status in (JobStatus.PAUSED, JobStatus.ANALYZED)


def _act(app: App, caller: Caller, job_id: str, action: str, chance: random.Random) -> Any:
    if action == "cancel":
        return app.jobs.cancel(caller, job_id)
    if action == "process":
        return app.jobs.process(caller, job_id)
    if action == "rerun":
        return app.jobs.rerun(caller, job_id, chance.choice(("parse", "assemble", "quality")))
    if action == "skip":
        job = app.jobs.get(caller, job_id)
        feature = chance.choice(job.selected_features or ["parse"])
        return app.features.update_status(caller, job_id, feature, FeatureStatus.SKIPPED)
    if action == "choose":
        return app.features.orchestrate(caller, job_id, _features(chance))
    status = JobStatus.PAUSED if action == "pause" else JobStatus.PROCESSING
    return app.jobs.set_status(caller, job_id, status)


def simulate(plan: Plan, story: bool = False) -> Outcome:
    """Run a plan."""
    return Simulation(plan, story).run()


def shrink(plan: Plan) -> Plan:
    """The plan with everything left out without which it still fails."""
    smaller = _shrunk_once(plan)
    while smaller != plan:
        plan, smaller = smaller, _shrunk_once(smaller)
    return smaller


def _shrunk_once(plan: Plan) -> Plan:
    smaller = plan
    for part in ("faults", "actions", "jumps"):
        for item in getattr(plan, part):
            rest = _without(getattr(smaller, part), item)
            candidate = replace(smaller, **{part: rest})
            if simulate(candidate).violation:
                smaller = candidate
    for change in plan.around.changes:
        around = replace(smaller.around, changes=_without(smaller.around.changes, change))
        candidate = replace(smaller, around=around)
        if simulate(candidate).violation:
            smaller = candidate
    return smaller


def _without(items: Sequence[Any], item: Any) -> tuple[Any, ...]:
    kept = list(items)
    kept.remove(item)
    return tuple(kept)
