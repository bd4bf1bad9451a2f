"""Whether this is a deployed instance, and what such a one refuses to run with."""

import json
from collections.abc import Iterator, Mapping

from cvplus_workflow.errors import Code, WorkflowError

EMULATED_REVISION = "1"
"""What the emulator of firebase-tools has in K_REVISION. Cloud Run sets that variable to a
name that begins with the service's, and lets nobody else set it."""

EMULATED_PROJECT = "demo-"
"""How the ids of projects begin that only emulators know; Google gives none to a project."""


def in_production(environment: Mapping[str, str]) -> bool:
    """Whether this is a deployed instance.

    K_SERVICE tells; the emulator of firebase-tools sets it too. What only says that it is an
    emulator is not believed: it has to have what a deployed instance cannot have, the
    emulator's revision and a project of no other name than a demonstration's.
    """
    return "K_SERVICE" in environment and not _is_emulator(environment)


def refuse_emulators(environment: Mapping[str, str]) -> None:
    """Raise failed-precondition in production if an emulator is configured.

    With FIREBASE_AUTH_EMULATOR_HOST set, firebase-admin believes unsigned tokens.
    """
    found = sorted(name for name in environment if name.endswith("_EMULATOR_HOST"))
    if found and in_production(environment):
        raise WorkflowError(
            Code.FAILED_PRECONDITION,
            f"An emulator is configured in production. Unset {', '.join(found)}.",
            reason="emulator-in-production",
        )


def _is_emulator(environment: Mapping[str, str]) -> bool:
    projects = set(_projects(environment))
    return (
        "FUNCTIONS_EMULATOR" in environment
        and environment.get("K_REVISION") == EMULATED_REVISION
        and bool(projects)
        and all(project.startswith(EMULATED_PROJECT) for project in projects)
    )


def _projects(environment: Mapping[str, str]) -> Iterator[str]:
    """The project by each of the names that it is looked up by; "" where one can't be read."""
    for name in ("GCLOUD_PROJECT", "GOOGLE_CLOUD_PROJECT"):
        if name in environment:
            yield environment[name]
    if "FIREBASE_CONFIG" in environment:
        yield _configured_project(environment["FIREBASE_CONFIG"])


def _configured_project(config: str) -> str:
    try:
        found = json.loads(config)
    except ValueError:
        return ""
    return str(found.get("projectId", "")) if isinstance(found, dict) else ""
