"""The functions as they are deployed: on the embedded back end in a fresh folder, in this
process; or on emulators, in a process of their own."""

import importlib
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

import pytest
from firebase_functions.private.serving import get_functions

from cvplus_workflow.app import EmbeddedApp
from cvplus_workflow.emulate import Stack
from cvplus_workflow.errors import Code, WorkflowError

from .accounts import AuthEmulator, node
from .cloud import Cloud
from .web import FUNCTIONS, PROJECT, ROOT, Web

ENVIRONMENT = {
    "FIREBASE_AUTH_EMULATOR_HOST": "127.0.0.1:9099",
    "GOOGLE_CLOUD_PROJECT": PROJECT,
    "METADATA_SERVER_DETECTION": "none",
}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pytest.MonkeyPatch]:
    """The environment and the import path of a functions process on a laptop."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        patch.setenv("CVPLUS_DATA", str(tmp_path_factory.mktemp("data")))
        patch.delenv("K_SERVICE", raising=False)
        patch.syspath_prepend(FUNCTIONS)
        yield patch


@pytest.fixture(scope="module")
def edge(environment: pytest.MonkeyPatch) -> ModuleType:
    """The module `functions/edge.py`."""
    return importlib.import_module("edge")


@pytest.fixture(scope="module")
def production(environment: pytest.MonkeyPatch) -> ModuleType:
    """The module `functions/production.py`."""
    return importlib.import_module("production")


@pytest.fixture(scope="module")
def callers(environment: pytest.MonkeyPatch) -> ModuleType:
    """The module `functions/callers.py`."""
    return importlib.import_module("callers")


@pytest.fixture(scope="module")
def functions(environment: pytest.MonkeyPatch) -> Mapping[str, Callable[..., Any]]:
    """What a deployment would find, by name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(FUNCTIONS)
        found: Mapping[str, Callable[..., Any]] = get_functions()
    return found


@pytest.fixture(scope="module")
def web(functions: Mapping[str, Callable[..., Any]]) -> Web:
    """The functions, served."""
    return Web(functions)


@pytest.fixture(scope="module")
def app(edge: ModuleType) -> Iterator[EmbeddedApp]:
    """The system behind the functions; closed after the module."""
    system = edge.the_app()
    assert isinstance(system, EmbeddedApp)
    yield system
    edge.the_app.cache_clear()
    system.close()


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """The whole system on emulators, without a clock that calls the sweep."""
    log = tmp_path_factory.mktemp("stack") / "functions.log"
    with log.open("wb") as output:
        stack = Stack(ROOT, "demo-functions", output=output, sweep_s=None)
        try:
            stack.start()
        except WorkflowError as error:
            if error.code == Code.FAILED_PRECONDITION:
                pytest.skip(error.message)
            raise
        made = Cloud(stack, log)
        yield made
        made.close()
        stack.stop()


@pytest.fixture(scope="session")
def auth(cloud: Cloud) -> Iterator[AuthEmulator]:
    """The accounts of the emulated system."""
    node("firebase-tools")
    made = AuthEmulator(cloud.stack.project)
    yield made
    made.stop()
