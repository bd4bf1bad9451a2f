"""The plan names exactly what is wrong with it, and its order respects dependencies (F8, F10)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvplus_workflow.domain.features import StepSpec
from cvplus_workflow.domain.plan import CHOICE, available, examine, job_plan, require_sound
from cvplus_workflow.errors import Code, WorkflowError
from tests.workloads import FEATURES, catalogue, chain10, feature, job10, spec


def specs(*steps: StepSpec) -> dict[str, StepSpec]:
    return {step.id: step for step in steps}


def test_features_that_are_missing_are_named_with_who_needs_them() -> None:
    report = examine(specs(spec("a", needs=("x", "b")), spec("b", needs=("y",))))
    assert report.missing == [("a", "x"), ("b", "y")]
    assert not report.sound


def test_a_cycle_is_named_as_a_closed_walk_and_has_no_phases() -> None:
    report = examine(
        specs(
            spec("start"),
            spec("a", needs=("c",)),
            spec("b", needs=("a", "start")),
            spec("c", after=("b",)),
        )
    )
    (cycle,) = report.cycles
    assert cycle[0] == cycle[-1]
    assert set(cycle) == {"a", "b", "c"}
    assert report.phases == []


def test_a_step_that_needs_itself_is_a_cycle() -> None:
    assert examine(specs(spec("a", needs=("a",)))).cycles == [["a", "a"]]


def test_a_conflict_is_named_once_whoever_declares_it() -> None:
    one_sided = examine(specs(spec("b", conflicts=("a",)), spec("a")))
    both = examine(specs(spec("b", conflicts=("a",)), spec("a", conflicts=("b",))))
    assert one_sided.conflicts == both.conflicts == [("a", "b")]


def test_a_conflict_with_a_step_that_is_not_chosen_is_none() -> None:
    assert examine(specs(spec("a", conflicts=("b",)))).sound


def test_a_soft_dependency_that_is_not_chosen_is_not_missing() -> None:
    report = examine(specs(spec("a", after=("b",))))
    assert report.sound
    assert report.phases == [["a"]]


def test_phases_are_the_sets_that_can_run_at_the_same_time() -> None:
    report = examine(job10())
    assert [sorted(phase) for phase in report.phases] == [
        ["parse"],
        sorted([*FEATURES, "assemble"]),
        ["quality"],
    ]
    assert [len(phase) for phase in examine(job_plan(chain10(), FEATURES)).phases] == [1] * 10


def test_an_unsound_plan_is_refused_with_every_fault_in_the_error() -> None:
    bad = specs(
        spec("a", needs=("x",)),
        spec("b", needs=("c",), conflicts=("a",)),
        spec("c", needs=("b",)),
    )
    with pytest.raises(WorkflowError) as caught:
        require_sound(bad)
    error = caught.value
    assert (error.code, error.reason) == (Code.INVALID_ARGUMENT, "unsound-plan")
    assert "a needs x, which is not chosen" in error.message
    assert "a excludes b" in error.message
    assert "is a cycle" in error.message
    assert error.details["missing"] == [("a", "x")]
    assert error.details["conflicts"] == [("a", "b")]
    assert error.details["field"] == "features"


def test_a_job_whose_choice_cannot_run_is_refused() -> None:
    one, other = FEATURES[:2]
    with pytest.raises(WorkflowError, match=f"{one} needs {other}, which is not chosen"):
        job_plan(catalogue(feature(one, needs=(other,)), feature(other)), [one])


def test_a_plan_keeps_only_the_soft_dependencies_that_it_has() -> None:
    one, other = FEATURES[:2]
    steps = catalogue(feature(one, after=(other, "privacy-mode")), feature(other))
    assert job_plan(steps, [one])[one].after == ()
    assert job_plan(steps, [one, other])[one].after == (other,)


def test_the_cv_is_assembled_after_every_feature_and_needs_none() -> None:
    plan = job_plan(job10(), FEATURES)
    assert set(plan["assemble"].after) == set(FEATURES)
    assert plan["assemble"].needs == ("parse",)


def test_a_plan_without_a_choice_stops_for_it_before_it_assembles() -> None:
    plan = job_plan(job10(), None)
    assert plan["choice"] == CHOICE
    assert list(plan) == ["parse", "choice", "assemble", "quality"]
    assert plan["assemble"].after == ("choice",)


def test_a_feature_that_is_not_installed_stays_in_the_plan_to_be_refused_by_name() -> None:
    (absent,) = available(job10(), ["generate-podcast"])
    assert (absent.id, absent.version, absent.feature) == ("generate-podcast", 0, True)
    assert "generate-podcast" in job_plan(job10(), ["generate-podcast"])


def test_the_critical_path_goes_first_in_its_phase() -> None:
    """F10: of the steps that can start, the one with the longest path behind it."""
    report = examine(
        specs(
            spec("short", estimate_s=1.0),
            spec("long", estimate_s=5.0),
            spec("gate", estimate_s=0.5),
            spec("late", needs=("gate",), estimate_s=9.0),
        )
    )
    assert report.phases[0] == ["gate", "long", "short"]


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, StepSpec]:
    """Acyclic graphs in a shuffled order, some soft dependencies absent."""
    names = [f"s{number}" for number in range(draw(st.integers(1, 12)))]
    steps: list[StepSpec] = []
    for index, name in enumerate(names):
        before = st.sampled_from(names[:index] or ["absent"])
        needs = draw(st.lists(before, max_size=min(3, index), unique=True))
        after = draw(st.lists(before | st.just("absent"), max_size=3, unique=True))
        steps.append(
            spec(name, needs=tuple(needs), after=tuple(after), estimate_s=draw(st.floats(0, 9)))
        )
    return specs(*draw(st.permutations(steps)))


@given(graphs())
def test_the_order_of_any_plan_respects_its_dependencies(plan: dict[str, StepSpec]) -> None:
    order = require_sound(plan)
    assert sorted(order) == sorted(plan)
    place = {step: index for index, step in enumerate(order)}
    for step in plan.values():
        for before in (*step.needs, *step.after):
            assert before == "absent" or place[before] < place[step.id]


@given(graphs())
def test_a_phase_holds_exactly_what_the_phases_before_it_allow(plan: dict[str, StepSpec]) -> None:
    done: set[str] = set()
    for phase in examine(plan).phases:
        allowed = {
            step.id
            for step in plan.values()
            if step.id not in done and {*step.needs, *step.after} - {"absent"} <= done
        }
        assert set(phase) == allowed
        done |= allowed
