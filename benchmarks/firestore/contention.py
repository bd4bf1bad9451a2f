"""Eighteen steps of one job that end at the same moment, and commit to one document.

`before` is the plain way, Firestore's own transactions, which lock; `after` is our store.
"""

import statistics
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from google.api_core.exceptions import GoogleAPIError
from google.cloud.firestore import transactional
from google.cloud.firestore_v1.transaction import Transaction
from msgspec import Struct
from msgspec.structs import replace
from tests.functions.metered import MeteredCloud
from tests.workloads import OWNER, Script, catalogue, feature

from cvplus_workflow.domain.change import Decide, Document, Put, Reader, Ref
from cvplus_workflow.domain.features import CATALOGUE
from cvplus_workflow.domain.queue import StepClass
from cvplus_workflow.domain.states import StepState
from cvplus_workflow.errors import Code, WorkflowError
from cvplus_workflow.firebase.documents import decoded, encoded, plain_time
from cvplus_workflow.firebase.store import FirestoreStore
from cvplus_workflow.ports import Command

WAIT_S = 60.0
"""How long steps wait for each other at most."""


class Commit(Struct, frozen=True):
    """One commit: how long it took, how often it was tried, and whether it was made."""

    seconds: float
    tries: int
    made: bool


class LockingStore(FirestoreStore):
    """The plain way: each decision in a transaction of Firestore's, with its default of tries."""

    def _transact(self, command: Command) -> Any:
        @transactional
        def tried(transaction: Transaction) -> Any:
            change = command.decide(_LockingReader(self, transaction))
            for write in change.writes:
                there = self._client.document(write.ref.path)
                if isinstance(write, Put):
                    transaction.set(there, encoded(write.ref, write.document))
                else:
                    transaction.delete(there)
            return change.result

        try:
            return tried(self._client.transaction())
        except (ValueError, GoogleAPIError) as error:
            # The client reports that its tries are used up as a ValueError.
            raise WorkflowError(Code.ABORTED, "The transaction was given up.") from error


class _LockingReader:
    def __init__(self, store: LockingStore, transaction: Transaction) -> None:
        self._client, self._transaction = store._client, transaction
        self._read_at: datetime | None = None

    @property
    def now(self) -> datetime:
        assert self._read_at is not None
        return self._read_at

    def get(self, ref: Ref[Document]) -> Document | None:
        found = self._client.document(ref.path).get(transaction=self._transaction)
        self._read_at = plain_time(found.read_time)
        return decoded(ref.type, found.to_dict() or {}) if found.exists else None


class WatchedStore(FirestoreStore):
    """A store whose commits are timed, and their tries counted."""

    def watch(self, store: FirestoreStore) -> "WatchedStore":
        """Commit through `store`."""
        self._watched = store
        self.commits: list[Commit] = []
        return self

    def transact_all(self, commands: Sequence[Command]) -> list[Any]:
        tries: list[None] = []
        counted = [replace(each, decide=_counted(each.decide, tries)) for each in commands]
        begin = time.perf_counter()
        answers = self._watched.transact_all(counted)
        made = not any(isinstance(answer, WorkflowError) for answer in answers)
        self.commits.append(Commit(time.perf_counter() - begin, len(tries), made))
        return answers


def _counted(decide: Decide[Any], tries: list[None]) -> Decide[Any]:
    def again(reader: Reader) -> Any:
        tries.append(None)
        return decide(reader)

    return again


WAYS: Mapping[str, type[FirestoreStore]] = {"before": LockingStore, "after": FirestoreStore}


def measured(
    hosts: Mapping[str, str], rounds: int, ways: Mapping[str, type[FirestoreStore]] = WAYS
) -> dict[str, Any]:
    """Each of the `ways`, `rounds` jobs each."""
    found = {name: _rounds(hosts, store, rounds) for name, store in ways.items()}
    return {"steps": len(CATALOGUE), "rounds": rounds, **found}


def _rounds(hosts: Mapping[str, str], kind: type[FirestoreStore], rounds: int) -> dict[str, Any]:
    found = [commit for _ in range(rounds) for commit in _one_round(hosts, kind)]
    tries = [commit.tries for commit in found]
    times = sorted(commit.seconds * 1_000 for commit in found)
    return {
        "committed": sum(commit.made for commit in found),
        "of": len(found),
        "tries_mean": round(statistics.mean(tries), 2),
        "tries_max": max(tries),
        "commit_ms_p50": round(statistics.median(times), 1),
        "commit_ms_p95": round(statistics.quantiles(times, n=20)[-1], 1),
        "commit_ms_max": round(times[-1], 1),
    }


def _one_round(hosts: Mapping[str, str], kind: type[FirestoreStore]) -> list[Commit]:
    """One job whose features are carried by an instance each; the commits of their outcomes."""
    together, begun = threading.Barrier(len(CATALOGUE)), threading.Semaphore(0)

    def wait(_given: object) -> None:
        begun.release()
        together.wait(WAIT_S)

    script = Script()
    script.before = dict.fromkeys(CATALOGUE, wait)
    heavy = [feature(name, step_class=StepClass.HEAVY, timeout_s=600) for name in CATALOGUE]
    cloud = MeteredCloud(hosts, script.registry(catalogue(*heavy)))
    try:
        return _collide(cloud, kind, begun)
    finally:
        cloud.close()


def _collide(
    cloud: MeteredCloud, kind: type[FirestoreStore], begun: threading.Semaphore
) -> list[Commit]:
    job = cloud.app.jobs.create(OWNER, content=b"# Ann", features=list(CATALOGUE))
    cloud.carry()
    instances = [_instance(cloud, kind) for _ in CATALOGUE]
    threads = [threading.Thread(target=carry) for _, carry in instances]
    for thread in threads:
        # One after another until each body waits: the claims are not what is measured.
        thread.start()
        if not begun.acquire(timeout=WAIT_S):
            raise WorkflowError(Code.DEADLINE_EXCEEDED, "A step did not begin.")
    for thread in threads:
        thread.join()
    commits = [store.commits[1] for store, _ in instances]
    _check(cloud, job.id, commits)
    return commits


def _instance(
    cloud: MeteredCloud, kind: type[FirestoreStore]
) -> tuple[WatchedStore, Callable[[], object]]:
    """Another instance, its task in hand; call what it answers to carry it."""
    (task,) = cloud.take()
    store = cloud.new_store(WatchedStore).watch(cloud.new_store(kind))
    app = cloud.instance(store)
    return store, lambda: cloud.deliver(task, app)


def _check(cloud: MeteredCloud, job_id: str, commits: Sequence[Commit]) -> None:
    """What was answered as committed is in the document, and nothing else."""
    steps = cloud.job(job_id).run.steps
    done = sum(steps[name].state is StepState.COMPLETED for name in CATALOGUE)
    if done != sum(commit.made for commit in commits):
        raise WorkflowError(Code.DATA_LOSS, "A commit was lost, or made without an answer.")
