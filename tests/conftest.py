"""What holds for all tests: with CI=true nothing is skipped, and nothing is left to chance."""

import os
from collections.abc import Generator
from typing import TypeVar

import pytest
from hypothesis import settings

IN_CI = os.environ.get("CI") == "true"

settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None)
settings.load_profile("ci" if IN_CI else "local")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a skipped test failed: what it needs is missing, and nobody would see it."""
    return _strict(item.nodeid, (yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """In CI a skipped module failed, too."""
    return _strict(collector.nodeid, (yield))


Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def _strict(name: str, report: Report) -> Report:
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{name} was skipped, which is a failure in CI: {report.longrepr}"
    return report
