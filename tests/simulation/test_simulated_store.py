"""The simulated store keeps to what the port says of tries."""

import pytest

from cvplus_workflow.domain.change import Change, Put, Reader
from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.ports import Command
from cvplus_workflow.testing.faults import Fault, Faults
from cvplus_workflow.testing.invariants import Witness
from cvplus_workflow.testing.store import SimulatedStore
from cvplus_workflow.testing.world import World
from tests.contract.counting import Count, at


@pytest.mark.parametrize(("once", "tries"), [(True, 1), (False, 3)])
def test_a_command_of_one_try_gives_up_at_the_first_contention(once: bool, tries: int) -> None:
    world = World(0)
    store = SimulatedStore(world, Faults([Fault("commit", 0, "contention")]), Witness(world))
    seen = []

    def decide(reader: Reader) -> Change[None]:
        seen.append(reader.now)
        return Change(None, (Put(at("c/1"), Count(1)),))

    (answer,) = store.transact_all([Command(decide, "tick", once=once)])
    assert isinstance(answer, WorkflowError)
    assert (answer.code, len(seen)) == (Code.ABORTED, tries)
    assert store.get(at("c/1")) is None
