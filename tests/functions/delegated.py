"""A feature that a CVPlus service has taken, and what the service answers."""

import base64
import json
from typing import Any

from google.cloud.tasks_v2.types import Task as CloudTask

from cvplus_workflow.domain.states import StepState
from cvplus_workflow.ports import StepAnswer, StepCall, StepHandedOver, StepReply

from .cloud import Cloud, OtherRunner, carried

SKILLS = "skills-visualization"
CALLBACKS, TAKES_CALLBACKS = "cvplus-service-callbacks", "onServiceCallback"
HOUR = 3600.0


class Delegated:
    """A job whose skills chart a service has taken, and that service's latest answer.

    `run` and `attempt` are those that the service has it for, `tasks` all that carried the
    job until then.
    """

    def __init__(self, cloud: Cloud) -> None:
        self.tasks: list[CloudTask] = []
        self.run = self.attempt = 0
        with cloud.held_tasks():
            self.id = cloud.create()
            self.hand_over(cloud)

    def hand_over(self, cloud: Cloud) -> None:
        """Carry the job, whose tasks are held, until the service has its next attempt."""
        self._made: list[StepReply] = []
        self._local = OtherRunner(lambda call: None)
        with cloud.other_instance(self._take) as other:
            while tasks := cloud.take():
                for task in tasks:
                    assert other.carry(carried(task))
                cloud.done(tasks)
                self.tasks = [*self.tasks, *tasks]
            self._token = other.features.callback_token(self.id, SKILLS, self.run, self.attempt)
        self._local.close()
        assert self.state(cloud) is StepState.WAITING

    def _take(self, call: StepCall) -> StepAnswer | None:
        if call.step != SKILLS:
            return None
        self.run, self.attempt = int(call.key.split("/")[1]), call.attempt
        self._made.append(self._local.body(call))
        return StepHandedOver(HOUR)

    def state(self, cloud: Cloud) -> StepState:
        return cloud.job(self.id).run.steps[SKILLS].state

    def answer(self, **callback: object) -> dict[str, Any]:
        output, own = json.loads(self._made[0].body), {"run": self.run, "attempt": self.attempt}
        given = {**own, "token": self._token, "output": output, **callback}
        return {"jobId": self.id, "featureId": SKILLS, "status": "completed", "callback": given}


def pushed(cloud: Cloud, data: bytes) -> int:
    """Push a message to the function that takes callbacks; answers the status."""
    body = {"message": {"data": base64.b64encode(data).decode(), "messageId": "1"}}
    return cloud.web.send(TAKES_CALLBACKS, json.dumps(body))[0]
