"""Flags on every back end: what an operator sets is read again as it was set (F11)."""

from itertools import count
from typing import Any

from cvplus_workflow.app import App, Caller
from cvplus_workflow.domain.documents import Job
from cvplus_workflow.domain.flags import INSTALLATION, SWITCHED_OFF
from cvplus_workflow.domain.states import JobStatus
from cvplus_workflow.ports import Store
from cvplus_workflow.services.flags import KEPT_FOR
from cvplus_workflow.steps.runner import StepRunner
from tests.contract.back_ends import BackEnd, CutLine
from tests.workloads import FEATURES, OWNER, Script, SeededEntropy, job10

ONE, OTHER = FEATURES[:2]
OPERATOR = Caller("olga", OWNER.tenant, frozenset({"user", "operator"}))


_numbers = count(1)


class NoSigner:
    def sign(self, text: str) -> str:
        return text


def system(back_end: BackEnd, store: Store | None = None) -> App:
    steps = Script().registry(job10())
    return App(
        store or back_end.store,
        back_end.dispatcher,
        back_end.publisher,
        back_end.files,
        back_end.clock,
        SeededEntropy(next(_numbers)),
        StepRunner(steps),
        NoSigner(),
        steps,
    )


def carried(back_end: BackEnd, app: App, job: Job) -> Job:
    while tasks := back_end.take(("light", "standard", "heavy")):
        back_end.finish(app.queue.execute(tasks))
    return app.jobs.get(OWNER, job.id)


def test_what_is_set_is_listed_as_it_was_set(back_end: BackEnd) -> None:
    app = system(back_end)
    told = {"only": {"user": ["ann", "ä/b"]}, "percent": 12.5, "variants": {"b": 2, "a": 1}}
    app.call("setFlag", OPERATOR, {"flagId": ONE, "on": True, "killed": True, **told})
    back_end.reopen()
    (flag,) = system(back_end).call("listFlags", OPERATOR, None)
    assert {name: flag[name] for name in told} == told
    assert (flag["tenant"], flag["on"], flag["killed"]) == (OWNER.tenant, True, True)


def test_a_job_is_resolved_exposed_and_stopped_by_a_switch(back_end: BackEnd) -> None:
    app = system(back_end)
    root = Caller("root", INSTALLATION, OPERATOR.roles)
    app.features.set_flag(root, flag_id=ONE, variants={"only": 1})
    job = app.jobs.create(OWNER, content=b"# Ann", features=[ONE, OTHER])
    app.features.set_flag(OPERATOR, flag_id=OTHER, killed=True)
    done = carried(back_end, app, job)
    assert done.status is JobStatus.COMPLETED
    assert done.run.definition.flags == {ONE: "only"}
    assert [(e.step, e.code) for e in done.run.history if e.event == "exposed"] == [(ONE, "only")]
    error = done.run.steps[OTHER].error
    assert error is not None
    assert error.reason == SWITCHED_OFF


def test_a_change_whose_answer_was_lost_does_not_undo_what_came_after_it(
    back_end: BackEnd,
) -> None:
    app = system(back_end)

    class Resends(CutLine):
        """Commits, lets another operator change something, and commits again."""

        def transact(self, decide: Any, command_id: str) -> Any:
            back_end.store.transact(decide, command_id)
            app.features.set_flag(OPERATOR, flag_id=ONE, on=True, killed=False)
            return back_end.store.transact(decide, command_id)

    hasty = system(back_end, Resends(back_end.store))
    hasty.features.set_flag(OPERATOR, flag_id=ONE, on=False, killed=True)
    (flag,) = app.features.list_flags(OPERATOR)
    assert (flag.on, flag.killed) == (True, False)


def test_another_process_knows_of_a_switch_within_ten_seconds(back_end: BackEnd) -> None:
    there, here = system(back_end), system(back_end)
    job = there.jobs.create(OWNER, content=b"# Ann", features=[])
    assert carried(back_end, there, job).status is JobStatus.COMPLETED
    here.features.set_flag(OPERATOR, flag_id=ONE, killed=True)
    back_end.clock.advance(KEPT_FOR.total_seconds())
    job = there.jobs.create(OWNER, content=b"# Ann", features=[ONE])
    assert carried(back_end, there, job).run.steps[ONE].attempt == 0
