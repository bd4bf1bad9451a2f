"""The functions are killed again and again while 50 jobs run: nothing is lost or doubled (J7)."""

import random
import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from http.client import HTTPException

import pytest

from cvplus_workflow.domain.documents import Job
from cvplus_workflow.domain.states import JobStatus
from tests.e2e.faults import until

from .cloud import SOON, Cloud
from .web import User, new_job

pytestmark = pytest.mark.xdist_group("emulated")

JOBS, KILLS, SEED = 50, 6, 20
UP_SECONDS = (0.1, 3.0)
"""How long the functions serve until they are killed: from and to."""

BOB = User("bob", "kills")
LONG = 300.0
"""Seconds in which the last of the jobs end, though others use the machine as well."""

LOST = timedelta(minutes=10)
"""Older than any deadline of a job that nobody works on."""

TRIED = {"queued", "running", "lost"}
"""Events of history that belong to attempts; all others are of what came of them."""


def test_fifty_jobs_whose_functions_are_killed_complete_once_each(cloud: Cloud) -> None:
    undisturbed = cloud.ended(_made(cloud, "undisturbed"))
    chance = random.Random(SEED)
    with ThreadPoolExecutor(4) as callers:
        asked = []
        for kill in range(KILLS):
            names = [f"job {number}" for number in range(kill, JOBS, KILLS)]
            asked += [callers.submit(_made, cloud, name) for name in names]
            threading.Event().wait(chance.uniform(*UP_SECONDS))
            cloud.stack.kill_functions()
            cloud.stack.start_functions()
            cloud.stack.run_scheduled("sweep")
        made = [one.result() for one in asked]
    assert until(lambda: _at_rest(cloud, made), LONG)

    owned = cloud.call("getJobHistory", {"limit": 100}, BOB).result
    assert sorted(each["id"] for each in owned) == sorted([undisturbed.id, *made])
    assert [_made(cloud, f"job {number}") for number in _order()] == made
    jobs = [cloud.job(job_id) for job_id in made]
    assert sum(entry.event == "lost" for job in jobs for entry in job.run.history) > 0
    for job in jobs:
        _assert_like(job, undisturbed)
        page = cloud.files.published(f"users/{BOB.uid}/generated/{job.id}/cv.html")
        assert sha256(page).hexdigest() == _files(undisturbed)["cv.html"]
    _assert_told_once(cloud, made)


def _order() -> list[int]:
    """The jobs' numbers in the order in which they were asked for."""
    return [number for kill in range(KILLS) for number in range(kill, JOBS, KILLS)]


def _made(cloud: Cloud, name: str) -> str:
    """The id of the job of that name, asked for until there is an answer, as a client does."""
    made: list[str] = []

    def answered() -> bool:
        try:
            reply = cloud.call("createJob", new_job(key=name), BOB)
        except (OSError, HTTPException):
            # The process was killed with the request in hand.
            return False
        assert reply.http == 200, reply
        made.append(reply.result["id"])
        return True

    assert until(answered, SOON)
    return made[0]


def _at_rest(cloud: Cloud, jobs: list[str]) -> bool:
    """Whether nothing is left to do; a job that nobody works on is swept as if time had passed."""
    if not cloud.stack.queues.is_empty():
        return False
    left = [job_id for job_id in jobs if cloud.job(job_id).run.deadline is not None]
    for job_id in left:
        cloud.make_overdue(job_id, LOST)
    if left:
        cloud.stack.run_scheduled("sweep")
    return not left


def _assert_like(job: Job, undisturbed: Job) -> None:
    """The job has what an undisturbed one has: each outcome once, and the very same outputs."""
    assert job.status is JobStatus.COMPLETED, job.error
    assert _outcomes(job) == _outcomes(undisturbed)
    assert max(_outcomes(job).values()) == 1
    assert _outputs(job) == _outputs(undisturbed)
    assert _files(job) == _files(undisturbed)
    fences = [(entry.step, entry.attempt) for entry in job.run.history if entry.event == "running"]
    assert len(set(fences)) == len(fences)
    assert (job.run.number, job.run.effects) == (1, [])


def _assert_told_once(cloud: Cloud, made: list[str]) -> None:
    """Of each job one event came, under one key, however often; keys tell repeats."""
    expected = {f"{job_id}/1/job/completed" for job_id in made}

    def told() -> set[str]:
        keys = re.findall(r"event job\.completed of run (\S+)", cloud.log())
        return {key for key in keys if key.partition("/")[0] in set(made)}

    assert until(lambda: told() >= expected, SOON)
    assert told() == expected


def _outcomes(job: Job) -> Counter[tuple[str, str]]:
    entries = [(entry.event, entry.step) for entry in job.run.history]
    return Counter(entry for entry in entries if entry[0] not in TRIED)


def _outputs(job: Job) -> dict[str, str]:
    return {name: step.output.hash for name, step in job.run.steps.items() if step.output}


def _files(job: Job) -> dict[str, str]:
    assert job.generated_cv is not None
    return {name: file.hash for name, file in job.generated_cv.files.items()}
