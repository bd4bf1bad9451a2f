"""Many light `job10` at once: instances that make jobs, then carry whatever is queued."""

import statistics
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.functions.cost_cases import CostCase, cases
from tests.functions.metered import MeteredCloud

from cvplus_workflow.app import App
from cvplus_workflow.domain.states import JobStatus
from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.firebase.store import FirestoreStore


def measured(hosts: Mapping[str, str], workers: int, jobs: int) -> dict[str, Any]:
    """`jobs` jobs by `workers` threads, each an instance with a store of its own."""
    case = cases()["job10"]
    cloud = MeteredCloud(hosts, case.steps)
    try:
        return _measured(cloud, case, workers, jobs)
    finally:
        cloud.close()


def _measured(cloud: MeteredCloud, case: CostCase, workers: int, jobs: int) -> dict[str, Any]:
    ids: list[str] = []
    times: list[float] = []
    stores = [cloud.new_store(FirestoreStore) for _ in range(workers)]
    apps = [cloud.instance(store) for store in stores]
    shares = [jobs // workers + (number < jobs % workers) for number in range(workers)]
    made = _together(lambda number: _make(case, apps[number], shares[number], ids), workers)
    carried = _together(lambda number: _carry(cloud, apps[number], times), workers)
    _check(cloud, ids, jobs)
    steps = jobs * len(cloud.job(ids[0]).run.steps)
    usage = [store.usage for store in stores]
    return {
        "workers": workers,
        "jobs": jobs,
        "steps_per_s": round(steps / (made + carried), 1),
        "jobs_made_per_s": round(jobs / made, 1),
        "jobs_carried_per_s": round(jobs / carried, 1),
        "job_ms_p50": round(statistics.median(times) * 1_000, 1),
        "job_ms_p95": round(statistics.quantiles(times, n=20)[-1] * 1_000, 1),
        "commits_per_job": round(sum(each.commits for each in usage) / jobs, 2),
        "contentions": sum(each.contentions for each in usage),
    }


def _together(work: Callable[[int], None], workers: int) -> float:
    """Seconds that `work` takes on as many threads, each told its number."""
    threads = [threading.Thread(target=work, args=(number,)) for number in range(workers)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begin


def _make(case: CostCase, app: App, jobs: int, ids: list[str]) -> None:
    ids.extend(case.create(app).id for _ in range(jobs))


def _carry(cloud: MeteredCloud, app: App, times: list[float]) -> None:
    while taken := cloud.take():
        begin = time.perf_counter()
        cloud.deliver(taken[0], app)
        times.append(time.perf_counter() - begin)


def _check(cloud: MeteredCloud, ids: list[str], jobs: int) -> None:
    done = sum(cloud.job(job_id).status is JobStatus.COMPLETED for job_id in ids)
    if done != jobs:
        raise WorkflowError(Code.DATA_LOSS, f"{done} of {jobs} jobs completed.")
