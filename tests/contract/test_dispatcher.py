"""What every Dispatcher does: at least once, in time, by urgency, once a name (J7, Q1, Q6)."""

from datetime import datetime, timedelta

from cvplus_workflow.embedded.dispatcher import REDELIVERY
from cvplus_workflow.ports import Task
from tests.contract.back_ends import BackEnd


def task(
    name: str, rank: int = 2, not_before: datetime | None = None, queue: str = "light"
) -> Task:
    return Task(name, "job1", queue, rank, not_before)


def names(tasks: list[Task]) -> list[str]:
    return [each.name for each in tasks]


def test_a_task_comes_as_it_was_dispatched(back_end: BackEnd) -> None:
    sent = task("one", not_before=back_end.clock.now())
    back_end.dispatcher.dispatch([sent])
    assert back_end.take() == [sent]


def test_a_task_that_is_held_comes_to_nobody_else_and_a_finished_one_never_again(
    back_end: BackEnd,
) -> None:
    back_end.dispatcher.dispatch([task("one"), task("two")])
    assert len(back_end.take()) == 2
    assert back_end.take() == back_end.take_elsewhere()[0] == []
    back_end.finish(["one", "two"])
    back_end.clock.advance(3_600)
    back_end.free_what_the_dead_hold()
    assert back_end.take() == []


def test_a_name_that_is_queued_or_held_already_is_dropped(back_end: BackEnd) -> None:
    back_end.dispatcher.dispatch([task("one"), task("one")])
    back_end.dispatcher.dispatch([task("one")])
    assert names(back_end.take()) == ["one"]
    back_end.dispatcher.dispatch([task("one")])
    assert back_end.take() == []


def test_a_task_does_not_come_before_its_time(back_end: BackEnd) -> None:
    back_end.dispatcher.dispatch([task("late", not_before=back_end.clock.now() + timedelta(0, 10))])
    assert back_end.take() == []
    back_end.clock.advance(9.999)
    assert back_end.take() == []
    back_end.clock.advance(0.001)
    assert names(back_end.take()) == ["late"]


def test_the_urgent_come_first_and_among_equals_the_oldest(back_end: BackEnd) -> None:
    for name, rank in (("b2", 2), ("a0", 0), ("c2", 2), ("a2", 2), ("b0", 0)):
        back_end.dispatcher.dispatch([task(name, rank)])
        back_end.clock.advance(1)
    assert names(back_end.take()) == ["a0", "b0", "b2", "c2", "a2"]


def test_a_limit_takes_the_most_urgent(back_end: BackEnd) -> None:
    back_end.dispatcher.dispatch([task("low", 3), task("urgent", 0), task("normal", 2)])
    assert names(back_end.take(limit=2)) == ["urgent", "normal"]
    assert names(back_end.take(limit=2)) == ["low"]


def test_the_most_urgent_comes_first_whatever_its_queue(back_end: BackEnd) -> None:
    back_end.dispatcher.dispatch([task("low", 3), task("urgent", 0, queue="standard")])
    assert names(back_end.take(("light", "standard"), limit=1)) == ["urgent"]


def test_each_class_has_a_queue_of_its_own(back_end: BackEnd) -> None:
    back_end.dispatcher.dispatch([task("heavy", queue="heavy"), task("light")])
    assert names(back_end.take()) == ["light"]
    assert names(back_end.take(("standard", "heavy"))) == ["heavy"]


def test_a_task_that_is_taken_back_does_not_come(back_end: BackEnd) -> None:
    back_end.dispatcher.dispatch([task("one"), task("two")])
    back_end.dispatcher.cancel(["one", "unknown"])
    assert names(back_end.take()) == ["two"]


def test_a_held_task_cannot_be_taken_back(back_end: BackEnd) -> None:
    back_end.dispatcher.dispatch([task("one")])
    back_end.take()
    back_end.dispatcher.cancel(["one"])
    back_end.release(["one"])
    back_end.clock.advance(60)
    assert names(back_end.take()) == ["one"]


def test_a_released_task_comes_again_after_a_moment(back_end: BackEnd) -> None:
    back_end.dispatcher.dispatch([task("one")])
    back_end.take()
    back_end.release(["one"])
    assert back_end.take() == []
    back_end.clock.advance(REDELIVERY.total_seconds())
    assert names(back_end.take()) == ["one"]


def test_the_tasks_of_a_dead_worker_come_again_and_of_a_living_one_do_not(
    back_end: BackEnd,
) -> None:
    back_end.dispatcher.dispatch([task("one"), task("two")])
    held, die = back_end.take_elsewhere()
    assert len(held) == 2
    back_end.free_what_the_dead_hold()
    assert back_end.take() == []
    die()
    back_end.free_what_the_dead_hold()
    assert names(back_end.take()) == ["one", "two"]


def test_own_tasks_are_not_freed_while_this_worker_lives(back_end: BackEnd) -> None:
    back_end.dispatcher.dispatch([task("one")])
    back_end.take()
    back_end.free_what_the_dead_hold()
    assert back_end.take() == []


def test_tasks_outlive_the_process(back_end: BackEnd) -> None:
    back_end.dispatcher.dispatch([task("queued"), task("held", 0)])
    back_end.take(limit=1)
    back_end.reopen()
    back_end.free_what_the_dead_hold()
    assert names(back_end.take()) == ["held", "queued"]


def test_orders_about_tasks_that_are_gone_change_nothing(back_end: BackEnd) -> None:
    """Finishing, releasing and taking back may come late, twice and in any order."""
    back_end.dispatcher.dispatch([task("one"), task("two")])
    back_end.take(limit=1)
    for _ in range(2):
        back_end.finish(["one", "unknown"])
        back_end.release(["one", "unknown"])
        back_end.dispatcher.cancel(["one"])
    back_end.finish([])
    back_end.release([])
    back_end.dispatcher.dispatch([])
    assert names(back_end.take()) == ["two"]
