"""Writes what the tools of a deployment read and the code says: names, queues, addresses.

`python deploy/describe.py`, or `make generate`. `terraform/system.json` is for Terraform, the
rewrites in `firebase.json` are for Firebase Hosting. A test compares what is there with what
this would write.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from firebase_functions.private.serving import functions_as_yaml
from yaml import safe_load

from cvplus_workflow.firebase.dispatcher import FUNCTIONS, queues
from cvplus_workflow.firebase.publisher import TOPIC
from cvplus_workflow.origins import DEVELOPMENT_ORIGINS, ORIGINS

HERE = Path(__file__).parent
ROOT = HERE.parent
SYSTEM = HERE / "terraform" / "system.json"
FIREBASE = ROOT / "firebase.json"

API = "/api/"
"""Under which path of the web app's own origin its operations are."""

_REWRITES = re.compile(r'("rewrites": \[\n).*?(\n    \])', re.DOTALL)


def manifest() -> dict[str, Any]:
    """What a deployment reads of `functions/`: endpoints, parameters, APIs."""
    sys.path.insert(0, str(ROOT / "functions"))
    from edge import deployed  # type: ignore[import-not-found,unused-ignore]
    from triggers import automation, features, integrations, jobs, monitoring, steps

    found: dict[str, Any] = {}
    for area in (automation, features, integrations, jobs, monitoring, steps):
        found |= deployed(area)
    read: dict[str, Any] = safe_load(functions_as_yaml(found))
    return read


def system(manifest: dict[str, Any], account: str) -> dict[str, Any]:
    """The resources behind the functions of `manifest`, which run as `account`."""
    endpoints = manifest["endpoints"]
    triggers = {
        name: endpoint["eventTrigger"]["eventFilters"]["topic"]
        for name, endpoint in endpoints.items()
        if "eventTrigger" in endpoint
    }
    return {
        "region": _only(region for each in endpoints.values() for region in each["region"]),
        "runtimeAccount": account,
        "secrets": sorted(each["name"] for each in manifest["params"] if each["type"] == "secret"),
        "topics": sorted(triggers.values()),
        "publishedTopic": TOPIC,
        "queues": {name: _queue(endpoints[_function_of(name)]) for name in sorted(queues())},
        "deployerQueues": sorted(FUNCTIONS.values()),
        "taskFunctions": sorted(FUNCTIONS.values()),
        "eventFunctions": sorted(triggers),
        "scheduledFunctions": sorted(
            name for name, endpoint in endpoints.items() if "scheduleTrigger" in endpoint
        ),
        "origins": [origin for origin in ORIGINS if origin not in DEVELOPMENT_ORIGINS],
    }


def _only(values: Any) -> Any:
    (value,) = set(values)
    return value


def _function_of(queue: str) -> str:
    return queue.partition("-")[0]


def _queue(endpoint: dict[str, Any]) -> dict[str, Any]:
    """A queue as the deployer makes the one of this function; a priority's is no different."""
    trigger = endpoint["taskQueueTrigger"]
    retries = trigger["retryConfig"]
    return {
        "maxConcurrentDispatches": trigger["rateLimits"]["maxConcurrentDispatches"],
        "maxAttempts": retries["maxAttempts"],
        "minBackoff": f"{retries['minBackoffSeconds']}s",
        "maxBackoff": f"{retries['maxBackoffSeconds']}s",
        "maxDoublings": retries["maxDoublings"],
    }


def rewrites(manifest: dict[str, Any]) -> str:
    """The lines of `firebase.json` for every function that pages call."""
    called = {
        name: _only(endpoint["region"])
        for name, endpoint in sorted(manifest["endpoints"].items())
        if "callableTrigger" in endpoint or "httpsTrigger" in endpoint
    }
    return ",\n".join(
        f'      {{ "source": "{API}{name}", '
        f'"function": {{ "functionId": "{name}", "region": "{region}" }} }}'
        for name, region in called.items()
    )


def documents() -> dict[Path, str]:
    """The files as they have to be."""
    found = manifest()
    from edge import RUNTIME_ACCOUNT

    described = json.dumps(system(found, RUNTIME_ACCOUNT), indent=2) + "\n"
    lines = rewrites(found)
    firebase = _REWRITES.sub(lambda match: match[1] + lines + match[2], FIREBASE.read_text())
    return {SYSTEM: described, FIREBASE: firebase}


def main() -> None:
    """Write them all."""
    for path, text in documents().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
