"""What a deployment is told of the code, by files that no Python runs, is what the code says.

Terraform's own check needs Google's provider, which is a download; so its files are held to
the code by their text.
"""

import ast
import json
import re
import subprocess
import sys
from functools import cache
from typing import Any

import pytest

from cvplus_workflow.settings import FirebaseSettings
from tests.layout.tree import PACKAGE, ROOT, modules, texts

TERRAFORM = ROOT / "deploy" / "terraform"
GUIDE = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
FIREBASE = json.loads((ROOT / "firebase.json").read_text(encoding="utf-8"))
SYSTEM = json.loads((TERRAFORM / "system.json").read_text(encoding="utf-8"))
CODE = "\n".join(path.read_text(encoding="utf-8") for path in sorted(TERRAFORM.glob("*.tf")))

BLOCK = re.compile(r'^resource "(\w+)" "(\w+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)
BLOCKS = {f"{kind}.{name}": body for kind, name, body in BLOCK.findall(CODE)}

ROLES_OF_CALLS = {
    "dispatcher": {"create_task": "roles/cloudtasks.enqueuer"},
    "files": dict.fromkeys(
        ("delete", "download_as_bytes", "get_blob", "list_blobs", "upload_from_string"),
        "roles/storage.objectUser",
    ),
    "publisher": {"publish": "roles/pubsub.publisher"},
}
"""What an adapter's calls of its service need, by Google's tables of roles."""

NEVER_DEPLOYED = {"delete_task"}
"""Calls that no function comes to: tasks are taken back by `doctor --repair` alone."""

RECEIVERS = {"self._client", "self._bucket", "self._blob(name)", "blob"}
"""What the adapters have of their service."""

LOCAL_CALLS = {"blob"}
"""Calls of a client that ask nobody."""

BY_THE_PLATFORM = {"roles/eventarc.eventReceiver", "roles/run.invoker"}
"""Roles for what Eventarc and Cloud Scheduler do in the functions' name."""


def _described() -> dict[str, str]:
    code = "import describe, json; found = describe.documents().items(); "
    code += "print(json.dumps({path.name: text for path, text in found}))"
    command = [sys.executable, "-c", code]
    ended = subprocess.run(
        command, cwd=ROOT / "deploy", capture_output=True, text=True, timeout=60, check=True
    )
    found: dict[str, str] = json.loads(ended.stdout)
    return found


@cache
def _texts_in_code() -> str:
    """The text of every string in the functions and the package."""
    product = (ROOT / "functions", ROOT / "shared")
    return "\n".join(
        node.value
        for path, module in modules().items()
        if any(folder in path.parents for folder in product)
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def test_the_names_that_a_deployment_is_told_are_those_of_the_code() -> None:
    """J1: queues, topics, secrets, accounts and rewrites of functions that exist."""
    for name, text in _described().items():
        path = TERRAFORM / name if name == "system.json" else ROOT / name
        assert path.read_text(encoding="utf-8") == text, "run: make generate"


def test_pages_reach_every_operation_on_their_own_origin_in_its_region() -> None:
    """I9: a rewrite that names no function is refused by the deployer, or answers 404."""
    from cvplus_workflow.operations import OPERATIONS

    rewritten = {each["source"]: each["function"] for each in FIREBASE["hosting"]["rewrites"]}
    assert {f"/api/{name}" for name in [*OPERATIONS, "streamJob"]} <= rewritten.keys()
    for source, function in rewritten.items():
        assert function == {"functionId": source.rpartition("/")[2], "region": SYSTEM["region"]}


def test_hosting_shows_a_page_that_is_there() -> None:
    assert ROOT / FIREBASE["hosting"]["public"] / "index.html" in texts()


def test_what_the_deployer_runs_first_are_targets_of_make() -> None:
    (functions,) = FIREBASE["functions"]
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for command in functions["predeploy"]:
        make, target = command.split()
        assert make == "make"
        assert target in targets


def test_terraform_uses_all_that_the_code_tells_it_and_nothing_else() -> None:
    assert set(re.findall(r"local\.system\.(\w+)", CODE)) == SYSTEM.keys()


def test_every_queue_but_the_deployers_own_is_made_as_the_deployer_makes_its_own() -> None:
    """J1: a task for a queue that is not there waits for the sweep, again and again."""
    from cvplus_workflow.firebase.dispatcher import queues

    assert SYSTEM["queues"].keys() == set(queues())
    assert set(SYSTEM["deployerQueues"]) == {name for name in queues() if "-" not in name}
    body = BLOCKS["google_cloud_tasks_queue.priority"]
    assert "for_each = local.own_queues" in body
    for queue in SYSTEM["queues"].values():
        assert set(re.findall(r"each\.value\.(\w+)", body)) == queue.keys()


def _calls(adapter: str) -> set[str]:
    """The methods that an adapter calls of its service."""
    module = modules()[PACKAGE / "firebase" / f"{adapter}.py"]
    return {
        node.func.attr
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and ast.unparse(node.func.value) in RECEIVERS
    } - LOCAL_CALLS


@pytest.mark.parametrize("adapter", ROLES_OF_CALLS)
def test_each_call_of_a_service_has_a_role(adapter: str) -> None:
    assert _calls(adapter) - NEVER_DEPLOYED == ROLES_OF_CALLS[adapter].keys()


def test_nothing_that_is_deployed_takes_tasks_back() -> None:
    """It has no role to."""
    deployed = (PACKAGE / "services", PACKAGE / "firebase", ROOT / "functions")
    calls = [
        node.func
        for path, module in modules().items()
        if path.parent in deployed
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    dispatchers = {ast.unparse(call.value) for call in calls if call.attr == "dispatch"}
    assert dispatchers
    cancelling = {ast.unparse(call.value) for call in calls if call.attr == "cancel"}
    assert cancelling & dispatchers == set()


def _granted(account: str) -> set[str]:
    return {
        role
        for body in BLOCKS.values()
        if re.search(rf"member\s+= google_service_account\.{account}\.member", body)
        for role in re.findall(r'"(roles/[\w.]+)"', body)
    }


def test_the_functions_may_do_what_they_do_and_nothing_else() -> None:
    """Q6: an account that may do more is what an intruder would have."""
    needed = {role for roles in ROLES_OF_CALLS.values() for role in roles.values()}
    needed |= {"roles/datastore.user", "roles/secretmanager.secretAccessor"}
    # A task carries the token of another account, which its maker has to be allowed to use.
    needed |= {"roles/iam.serviceAccountUser"}
    assert _granted("functions") == needed | BY_THE_PLATFORM
    assert _granted("tasks") == {"roles/run.invoker"}


PROJECT_WIDE = {"functions_firestore", "functions_events", "storage_rules", "deploy"}
"""Grants for which Google knows no smaller resource."""


def test_roles_are_on_single_resources_wherever_google_has_them() -> None:
    wide = {name.split(".")[1] for name in BLOCKS if name.startswith("google_project_iam")}
    assert wide == PROJECT_WIDE
    basic = re.findall(r'"roles/(?:owner|editor|viewer)"|allUsers|allAuthenticatedUsers', CODE)
    assert basic == []


def test_whatever_terraform_refers_to_is_declared() -> None:
    named = set(re.findall(r"(?<!data\.)\b(google_\w+\.[a-z_]+)\b", CODE))
    assert named - BLOCKS.keys() == set()
    variables = set(re.findall(r'^variable "(\w+)"', CODE, re.MULTILINE))
    assert set(re.findall(r"\bvar\.(\w+)", CODE)) == variables


@pytest.mark.parametrize("phrase", re.findall(r'textPayload:\\"(.+?)\\"', CODE))
def test_an_alert_waits_for_a_text_that_the_code_logs(phrase: str) -> None:
    # What fills the gaps of a logged text: the kind of an event here.
    told = phrase.replace("job.failed", "%s").strip()
    assert told in _texts_in_code()


def test_there_are_alerts_on_what_is_logged() -> None:
    assert len(re.findall(r"textPayload:", CODE)) >= 4


def _variables() -> set[str]:
    """Every variable of the environment that the settings of an installation are read from."""
    names: set[str] = set()
    for name, field in FirebaseSettings.model_fields.items():
        alias: Any = field.validation_alias
        choices = getattr(alias, "choices", [alias or f"CVPLUS_{name.upper()}"])
        names |= set(choices)
    return names


def test_the_guide_names_every_setting_role_and_variable() -> None:
    wanted = _variables() | {"CVPLUS_APP_CHECK"}
    wanted |= set(re.findall(r'"(roles/[\w.]+)"', CODE))
    wanted |= set(re.findall(r'^variable "(\w+)"', CODE, re.MULTILINE))
    assert {each for each in wanted if f"`{each}`" not in GUIDE} == set()


def test_the_guide_names_no_role_that_nobody_has() -> None:
    granted = set(re.findall(r'"(roles/[\w.]+)"', CODE))
    by_hand = {"roles/pubsub.subscriber", "roles/cloudbuild.builds.builder"}
    assert set(re.findall(r"roles/[a-zA-Z.]+[a-zA-Z]", GUIDE)) == granted | by_hand
