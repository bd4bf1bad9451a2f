"""The lists of what is installed agree, and hold what the code imports."""

import re
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.layout.tree import PACKAGE, ROOT, imports_in, modules, product_modules

FUNCTIONS = ROOT / "functions" / "requirements.txt"
TEST_KIT = PACKAGE / "testing"
OURS = {"cvplus_workflow", "tests", "benchmarks"}
PART_OF = {"pydantic-core": "pydantic"}
"""Distributions that another one pins exactly and documents as its own."""


@cache
def _project() -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return project


def _required(lines: list[str]) -> dict[str, Requirement]:
    found = map(Requirement, lines)
    return {canonicalize_name(each.name): each for each in found}


def _runtime() -> dict[str, Requirement]:
    return _required(_project()["dependencies"])


def _extra(name: str) -> dict[str, Requirement]:
    return _required(_project()["optional-dependencies"][name])


def _all() -> dict[str, Requirement]:
    return _runtime() | _extra("dev")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]


def _pins() -> dict[str, Version]:
    lines = _lines((ROOT / "constraints.txt").read_text())
    pairs = [re.fullmatch(r"([A-Za-z0-9._-]+)==(\S+)", line) for line in lines]
    assert all(pairs), "constraints.txt holds something else than name==version"
    return {canonicalize_name(pair[1]): Version(pair[2]) for pair in pairs if pair}


def test_every_dependency_is_pinned_to_a_version_that_it_allows() -> None:
    pins = _pins()
    for name, requirement in _all().items():
        assert name in pins, f"constraints.txt lacks {name}"
        assert pins[name] in requirement.specifier, f"{requirement} excludes {pins[name]}"


def test_what_is_installed_here_is_what_is_pinned() -> None:
    from importlib.metadata import version

    installed = {name: Version(version(name)) for name in _all()}
    assert installed == {name: _pins()[name] for name in _all()}


def test_functions_require_the_package_as_it_is_built_here_in_the_pinned_versions() -> None:
    """Both files lie in the folder when it is deployed: `make package` puts them there."""
    name = f"cvplus_workflow-{_project()['version']}-py3-none-any.whl"
    assert _lines(FUNCTIONS.read_text())[:2] == ["--constraint constraints.txt", f"./{name}"]


def test_functions_require_what_the_package_requires_and_nothing_else() -> None:
    listed = _required(_lines(FUNCTIONS.read_text())[2:])
    assert {name: str(each) for name, each in listed.items()} == {
        name: str(each) for name, each in _runtime().items()
    }


def _distributions_imported_by(paths: list[Any]) -> set[str]:
    known = packages_distributions()
    roots = {
        name.split(".")[0]
        for path in paths
        for level, name in imports_in(modules()[path])
        if level == 0
    }
    found = {
        canonicalize_name(distribution)
        for root in roots - OURS - {"google"}
        for distribution in known.get(root, [])
    }
    return {PART_OF.get(name, name) for name in found}


def test_whatever_the_product_imports_is_one_of_its_dependencies() -> None:
    running = [path for path in product_modules() if TEST_KIT not in path.parents]
    assert _distributions_imported_by(running) - _runtime().keys() == set()


def test_the_test_kit_imports_its_extra_and_development_has_that_too() -> None:
    kit = [path for path in product_modules() if TEST_KIT in path.parents]
    extra = _extra("testing")
    assert _distributions_imported_by(kit) - _runtime().keys() == extra.keys()
    assert {str(each) for each in extra.values()} <= set(map(str, _extra("dev").values()))


def test_whatever_the_tests_import_is_a_dependency_of_development() -> None:
    imported = _distributions_imported_by(list(modules()))
    assert imported - _all().keys() == set()
