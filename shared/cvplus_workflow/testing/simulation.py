"""One seed's world: workers, users, operators and a deployer, from its plan to its end."""

import random
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import msgspec
from msgspec import Struct

from ..app import App
from ..domain.documents import Job
from ..domain.jobs import Caller
from ..domain.states import ENDED_JOBS, FeatureStatus, JobStatus
from ..errors import WorkflowError
from ..ports import StepCall
from ..steps.registry import Registry
from ..worker import run_once
from .faults import Faults
from .installation import STAND_INS, Installation
from .invariants import Witness
from .limits import limits_of
from .outside import SimulatedHttp, operator
from .ports import (
    SimulatedClock,
    SimulatedDispatcher,
    SimulatedEntropy,
    SimulatedFiles,
    SimulatedPublisher,
    SimulatedSigner,
)
from .runner import SimulatedRunner
from .scenario import Plan
from .store import MachineStore, SimulatedStore
from .world import Actor, ViolationError, World

WORKERS = 2
SWEEP_SECONDS = 30.0
FAULTS_OVER = 150.0
"""Seconds after which no new fault strikes and no user acts."""

REST = 2 * SWEEP_SECONDS + 200
"""Once faults stop, all must be at rest within a lease and two sweeps, and the work itself."""


class _Answer(Struct):
    run: int
    attempt: int
    token: str
    output: dict[str, Any]
    retryable: bool = True
    progress: int = 0


_SERVICE = Caller("service", "t", frozenset({"user", "service"}))


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

    def __init__(self, plan: Plan, installation: Installation = STAND_INS) -> None:
        self.plan = plan
        self._installation = installation
        self._lease = installation.lease
        self.world = World(plan.seed)
        self.witness = Witness(self.world)
        self.faults = Faults(plan.faults)
        self.store = SimulatedStore(self.world, self.faults, self.witness)
        self._dispatcher = SimulatedDispatcher(self.world, self.faults, self.witness, self._lease)
        self._files = SimulatedFiles(self.world, self.faults, self.witness)
        self._http = SimulatedHttp(self.world, self.faults, self.witness)
        self._clocks = [SimulatedClock(self.world, *skew) for skew in plan.clocks]
        self._steps = installation.old
        self.apps = self._deploy()
        self._acting = len(plan.jobs) + len(plan.actions) + len(plan.around.repeated)
        self._ids: dict[int, str] = {}
        self._caller = Caller("u", "t")
        self.answered: set[JobStatus] = set()
        self._moment = -1
        self._rests = False

    def run(self) -> Outcome:
        """Run the seed to its end."""
        world = self.world
        try:
            with limits_of(self.plan.seed):
                self._live()
        except ViolationError as error:
            world.violation = world.violation or str(error)
        except Exception:
            # What follows from a violation does not hide it.
            if not world.violation:
                raise
        if world.crashed_at_call:
            self.faults.kinds.add("crash-at-call")
        outcome = Outcome(
            self.plan.seed,
            world.violation,
            world.digest,
            self.faults.struck + world.crashed_at_call,
            self.witness.commits,
            [*world.story],
        )
        world.close()
        self.apps.clear()
        return outcome

    def _live(self) -> None:
        world = self.world
        world.bereaved = self._starts_again
        world.drift = self.plan.drift
        world.crashes = frozenset(f.number for f in self.plan.faults if f.place == "call")
        for number in range(WORKERS):
            world.spawn(f"worker-{number}", partial(self._work, number), returns=True)
        world.spawn("sweeper", self._sweep, returns=True)
        for number, (at, features) in enumerate(self.plan.jobs):
            world.spawn(f"user-{number}", self._creates(number, at, features), returns=True)
        for at, number, action in self.plan.actions:
            world.spawn(f"user-{number}", self._acts(at, number, action))
        for number in self.plan.around.repeated:
            at, features = self.plan.jobs[number]
            create = self._creates(number, at + 0.5, features)
            world.spawn(f"user-{number}", create, returns=True)
        if self.plan.around.changes:
            elsewhere = self._installed(self._steps, self._clocks[0])
            for change in self.plan.around.changes:
                world.spawn("operator", operator(world, elsewhere, change))
        for at, seconds in self.plan.jumps:
            world.spawn("clock", self._jumps(at, seconds))
        world.spawn("deployer", self._deploys)
        world.run(self._all_done, FAULTS_OVER)
        self.faults.over, world.crashes = True, frozenset()
        behind = max(-ahead for ahead, _ in self.plan.clocks)
        rest = self._lease + self._installation.retrying + REST + max(0.0, behind)
        world.run(self._at_rest, max(world.seconds, FAULTS_OVER) + rest)
        self.witness.at_end()

    def _deploy(self) -> list[SimulatedApp]:
        """The latest steps on every machine."""
        return [self._installed(self._steps, clock) for clock in self._clocks]

    def _installed(self, steps: Registry, clock: SimulatedClock) -> SimulatedApp:
        world, faults, witness = self.world, self.faults, self.witness
        runner = SimulatedRunner(
            world,
            faults,
            witness,
            lambda: self._steps,
            self._installation.bodies,
            self._lease,
        )
        runner.answers = self._answer
        app = SimulatedApp(
            MachineStore(self.store, clock),
            self._dispatcher,
            SimulatedPublisher(world, faults, witness),
            self._files,
            clock,
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
        self._steps = self._installation.new
        self.apps = self._deploy()

    def _answer(self, call: StepCall, output: bytes) -> None:
        """A CVPlus service calls back, until it has been heard."""
        job_id, run, step = call.key.split("/")
        authority = self.apps[0].features.callback_token(job_id, step, int(run), call.attempt)
        answer = _Answer(int(run), call.attempt, authority, msgspec.json.decode(output))
        for _ in range(5):
            try:
                job = self.apps[0].features.update_status(
                    _SERVICE, job_id, step, FeatureStatus.COMPLETED, answer
                )
            except WorkflowError as error:
                self.world.tell(f"is told {error.reason}")
                self.world.sleep(2)
            else:
                self.answered.add(job.status)
                return

    def _work(self, number: int) -> None:
        """Work on a machine of its own."""
        self.apps[number].queue.recover()
        while True:
            if not run_once(self.apps[number], limit=3):  # type: ignore[arg-type]
                self.world.sleep(self._dispatcher.idle())

    def _sweep(self) -> None:
        while True:
            self.world.sleep(SWEEP_SECONDS)
            self.apps[1].queue.sweep()

    def _starts_again(self, dead: Actor) -> None:
        def later() -> None:
            self.world.sleep(self.world.random.random() * 10)
            dead.body()

        if dead.returns:
            self.world.spawn(dead.name, later, returns=True)

    def _creates(
        self, number: int, at: float, features: tuple[str, ...] | None
    ) -> Callable[[], None]:
        wanted = features

        def create() -> None:
            nonlocal wanted
            self.world.sleep(at)
            while number not in self._ids:
                try:
                    job = self.apps[number % 2].jobs.create(
                        self._caller,
                        **self._request(number),
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
                self.witness.accepts(number, job.id)
            self._acting -= 1

        return create

    def _request(self, number: int) -> dict[str, Any]:
        request = self._installation.request(number)
        if number in self.plan.around.addressed:
            rest = {name: request[name] for name in request if name not in ("content", "file_name")}
            return {"file_url": f"https://cv.example/{number}", **rest}
        return request

    def _acts(self, at: float, number: int, action: str) -> Callable[[], None]:
        def act() -> None:
            self.world.sleep(at)
            if action == "again":
                self._awaits_end(number)
            self._acting -= 1
            if number not in self._ids:
                return
            self.world.tell(f"wants to {action}")
            try:
                self._act(self._ids[number], action, self.world.random)
            except WorkflowError as error:
                self.world.tell(f"is told {error.reason}")

        return act

    def _awaits_end(self, number: int) -> None:
        """Wait until the `number`th job has ended, or nobody acts any more."""
        while self.world.seconds < FAULTS_OVER:
            job = self.witness.jobs.get(self._ids.get(number, ""))
            if job is not None and job.status in ENDED_JOBS:
                return
            self.world.sleep(2)

    def _act(self, job_id: str, action: str, chance: random.Random) -> Any:
        app, caller = self.apps[1], self._caller
        if action == "cancel":
            return app.jobs.cancel(caller, job_id)
        if action == "process":
            return app.jobs.process(caller, job_id)
        if action in ("rerun", "again"):
            return app.jobs.rerun(caller, job_id, chance.choice(("parse", "assemble", "quality")))
        if action == "skip":
            job = app.jobs.get(caller, job_id)
            feature = chance.choice(job.selected_features or ["parse"])
            return app.features.update_status(caller, job_id, feature, FeatureStatus.SKIPPED)
        if action == "choose":
            return app.features.orchestrate(caller, job_id, self._installation.choose(chance))
        status = JobStatus.PAUSED if action == "pause" else JobStatus.PROCESSING
        return app.jobs.set_status(caller, job_id, status)

    def _jumps(self, at: float, seconds: float) -> Callable[[], None]:
        def jump() -> None:
            self.world.sleep(at)
            self.world.jump(seconds)

        return jump

    def _all_done(self) -> bool:
        return not self._acting and self._at_rest()

    def _at_rest(self) -> bool:
        """Only a commit changes what jobs answer, and a job's making does; events may be late."""
        moment = self.witness.commits + len(self._ids)
        if moment != self._moment:
            self._moment = moment
            rests = len(self._ids) == len(self.plan.jobs)
            self._rests = rests and all(map(_rests, self.witness.jobs.values()))
        return self._rests and not self.witness.under_way


def _possible(features: tuple[str, ...] | None, error: WorkflowError) -> tuple[str, ...] | None:
    """What a user asks for who is told that some features are off, or lack what they need."""
    details: Mapping[str, Any] = error.details
    off = set(details["features"] if error.reason == "feature-off" else ())
    if error.reason == "unsound-plan":
        off = {step for step, _ in details["missing"]}
    return features and tuple(feature for feature in features if feature not in off)


def _rests(job: Job) -> bool:
    if job.status in ENDED_JOBS:
        return not job.run.effects
    return job.status in (JobStatus.PAUSED, JobStatus.ANALYZED)


def run_plan(plan: Plan, installation: Installation = STAND_INS) -> Outcome:
    """Run a plan on an installation."""
    return Simulation(plan, installation).run()
