"""What every Publisher does: each event at least once, and each key once where it can tell."""

from cvplus_workflow.ports import Event
from tests.contract.back_ends import BackEnd


def event(key: str) -> Event:
    return Event(key, "job.completed", "job1", "acme", 1)


def test_an_event_arrives_as_it_was_published(back_end: BackEnd) -> None:
    back_end.publisher.publish([event("job1/1/job/completed")])
    assert back_end.received() == [event("job1/1/job/completed")]


def test_a_key_arrives_once_however_often_it_is_published(back_end: BackEnd) -> None:
    back_end.publisher.publish([event("a"), event("a")])
    back_end.publisher.publish([event("b"), event("a")])
    assert sorted(each.key for each in back_end.received()) == ["a", "b"]


def test_an_event_outlives_the_process(back_end: BackEnd) -> None:
    back_end.publisher.publish([event("a")])
    back_end.reopen()
    back_end.publisher.publish([event("a")])
    assert [each.key for each in back_end.received()] == ["a"]


def test_publishing_nothing_is_nothing(back_end: BackEnd) -> None:
    back_end.publisher.publish([])
    assert back_end.received() == []
