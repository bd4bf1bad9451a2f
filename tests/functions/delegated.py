"""A feature that a CVPlus service has taken, and what the service answers."""

import json
from typing import Any

from cvplus_workflow.domain.states import StepState
from cvplus_workflow.ports import StepAnswer, StepCall, StepHandedOver, StepReply

from .cloud import Cloud, OtherRunner, carry_all

SKILLS = "skills-visualization"
CALLBACKS = "cvplus-service-callbacks"
HOUR = 3600.0


class Delegated:
    """A job whose skills chart a service has taken, and that service's answer."""

    def __init__(self, cloud: Cloud) -> None:
        self._made: list[StepReply] = []
        self._local = OtherRunner(lambda call: None)
        with cloud.held_tasks(), cloud.other_instance(self._take) as other:
            self.id = cloud.create()
            carry_all(cloud, other)
            self._token = other.features.callback_token(self.id, SKILLS, 1, 1)
        self._local.close()
        assert self.state(cloud) is StepState.WAITING

    def _take(self, call: StepCall) -> StepAnswer | None:
        if call.step != SKILLS:
            return None
        self._made.append(self._local.body(call))
        return StepHandedOver(HOUR)

    def state(self, cloud: Cloud) -> StepState:
        return cloud.job(self.id).run.steps[SKILLS].state

    def answer(self, **callback: object) -> dict[str, Any]:
        output = json.loads(self._made[0].body)
        given = {"run": 1, "attempt": 1, "token": self._token, "output": output, **callback}
        return {"jobId": self.id, "featureId": SKILLS, "status": "completed", "callback": given}
