"""What jobs cost: units that are billed, and their list prices."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from tests.functions.cost_cases import Cost, cases, cost_of
from tests.functions.metered import Bill, MeteredCloud

MILLION = 1_000_000
DAYS = 30
SWEEPS, TICKS = DAYS * 24 * 60, DAYS * 24 * 12
"""How often the scheduled functions run in a month: every minute, every five minutes."""

PRICES: dict[str, Any] = json.loads(Path(__file__).with_name("prices.json").read_text())
BUDGET = {"writes": 6, "tasks": 1}
"""For `job10`, whose steps are light."""


def measured(hosts: Mapping[str, str]) -> dict[str, Any]:
    """Every case by name, what it costs to have nothing to do, and what others ask."""
    found = {name: _case(case.what, cost_of(case, hosts)) for name, case in cases().items()}
    return {
        "prices_found": PRICES["found"],
        "budget": {"job10": BUDGET},
        "jobs": found,
        "idle": _idle(hosts),
        "others": _others(),
    }


def units(bill: Bill) -> dict[str, int]:
    """A bill in the units that have prices.

    A task is billed when it is made and when it is delivered. Each event is published, and
    pushed to one function. The functions called are `createJob`, those that carry tasks, and
    the one that gets the event.
    """
    return {
        "reads": bill.reads,
        "writes": bill.writes,
        "deletes": bill.deletes,
        "task_operations": bill.task_calls + bill.deliveries,
        "message_bytes": 2 * bill.volume,
        "invocations": 1 + bill.deliveries + bill.published,
        "class_a": bill.class_a,
        "class_b": bill.class_b,
    }


def dollars(counts: Mapping[str, int], times: int) -> dict[str, float]:
    """List price of `counts`, so many times, by unit."""
    return {name: times * count * _price(name) for name, count in counts.items()}


def _price(name: str) -> float:
    price = PRICES["prices"][name]
    return float(price["dollars"]) / float(price["per"])


def _case(what: str, cost: Cost) -> dict[str, Any]:
    counts, bill = units(cost.warm), cost.warm
    prices = dollars(counts, MILLION)
    state = sum(prices[name] for name in ("reads", "writes", "deletes", "task_operations"))
    return {
        "what": what,
        "steps": cost.steps,
        "counts": msgspec.structs.asdict(bill),
        "a_step": {
            name: round(getattr(bill, name) / cost.steps, 2)
            for name in ("reads", "writes", "tasks")
        },
        "cold_reads": cost.cold.reads,
        "listener_reads": bill.commits,
        "dollars_a_million": {name: round(price, 2) for name, price in prices.items()},
        "orchestration_dollars_a_million": round(state, 2),
        "all_dollars_a_million": round(sum(prices.values()), 2),
        "listener_dollars_a_million": round(MILLION * bill.commits * _price("reads"), 2),
    }


def _idle(hosts: Mapping[str, str]) -> dict[str, Any]:
    """What the scheduled functions cost in a month without jobs."""
    cloud = MeteredCloud(hosts, cases()["job10"].steps)
    try:
        with cloud.metered() as sweep:
            cloud.app.queue.sweep()
        with cloud.metered() as tick:
            cloud.app.overdue()
    finally:
        cloud.close()
    reads = {"sweep": sweep[0].reads, "tick": tick[0].reads}
    month = {
        "reads": SWEEPS * reads["sweep"] + TICKS * reads["tick"],
        "invocations": SWEEPS + TICKS,
    }
    return {"reads": reads, "month": month, "dollars": round(sum(dollars(month, 1).values()), 2)}


def _others() -> dict[str, float]:
    """What orchestrating a million `job10` costs elsewhere, by list price."""
    transitions = MILLION * PRICES["other_transitions"]
    return {
        name: round(transitions * other["dollars"] / other["per"], 2)
        for name, other in PRICES["others"].items()
    }
