"""The state machines are tables, and only their moves are legal (J3, F4)."""

from enum import StrEnum
from typing import Any

import pytest

from cvplus_workflow.domain.states import (
    ENDED_JOBS,
    ENDED_STEPS,
    FEATURE_STATUS,
    JOB_MOVES,
    STEP_MOVES,
    JobStatus,
    StepState,
    check_move,
    state_diagram,
)
from cvplus_workflow.errors import Code, WorkflowError

TABLES: list[tuple[type[StrEnum], Any]] = [(JobStatus, JOB_MOVES), (StepState, STEP_MOVES)]
PAIRS = [(moves, old, new) for states, moves in TABLES for old in states for new in states]
LEGAL = [pair for pair in PAIRS if pair[2] in pair[0][pair[1]]]
ILLEGAL = [pair for pair in PAIRS if pair[2] not in pair[0][pair[1]]]


@pytest.mark.parametrize("states_and_moves", TABLES, ids=["jobs", "steps"])
def test_the_table_has_a_row_for_every_state(states_and_moves: tuple[Any, Any]) -> None:
    states, moves = states_and_moves
    assert set(moves) == set(states)


@pytest.mark.parametrize(("moves", "old", "new"), LEGAL)
def test_every_move_of_the_table_is_legal(moves: Any, old: Any, new: Any) -> None:
    check_move("It", moves, old, new)


@pytest.mark.parametrize(("moves", "old", "new"), ILLEGAL)
def test_every_other_move_is_refused_and_both_states_named(moves: Any, old: Any, new: Any) -> None:
    with pytest.raises(WorkflowError) as caught:
        check_move("It", moves, old, new)
    assert caught.value.code == Code.FAILED_PRECONDITION
    assert caught.value.reason == "illegal-move"
    assert caught.value.details == {"from": old.value, "to": new.value}
    assert caught.value.message == f"It is {old} and cannot become {new}."


def test_no_move_leads_out_of_a_run_that_failed_or_was_cancelled() -> None:
    assert {status for status in JobStatus if not JOB_MOVES[status]} == ENDED_JOBS - {
        JobStatus.COMPLETED
    }
    assert JOB_MOVES[JobStatus.COMPLETED] == {JobStatus.IMPROVED}


def test_a_step_that_ended_stays_so_for_its_run() -> None:
    assert {
        StepState.COMPLETED,
        StepState.FAILED,
        StepState.REFUSED,
        StepState.BLOCKED,
        StepState.SKIPPED,
        StepState.CANCELLED,
    } == ENDED_STEPS


@pytest.mark.parametrize("moves", [JOB_MOVES, STEP_MOVES], ids=["jobs", "steps"])
def test_every_open_state_can_reach_an_end(moves: Any) -> None:
    ended = ENDED_JOBS | ENDED_STEPS
    for start in moves:
        reached, frontier = set(), {start}
        while frontier:
            reached |= frontier
            frontier = {new for old in frontier for new in moves[old]} - reached
        assert reached & ended, start


def test_every_step_state_has_a_word_of_the_web_app() -> None:
    assert set(FEATURE_STATUS) == set(StepState)


@pytest.mark.parametrize("moves", [JOB_MOVES, STEP_MOVES], ids=["jobs", "steps"])
def test_the_diagram_draws_the_table_and_nothing_else(moves: Any) -> None:
    first, *arrows = state_diagram(moves).splitlines()
    drawn = {tuple(arrow.strip().split(" --> ")) for arrow in arrows}
    expected = {(old.value, new.value) for old, news in moves.items() for new in news}
    expected |= {(old.value, "[*]") for old, news in moves.items() if not news}
    assert first == "stateDiagram-v2"
    assert drawn == expected
    assert len(arrows) == len(drawn)
