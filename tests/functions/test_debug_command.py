"""The debugging commands of the command line, on Firebase (D)."""

import json
import os
import subprocess
import sys

import pytest

from tests.functions.cloud import ADA, Cloud

pytestmark = pytest.mark.xdist_group("emulated")


def command(cloud: Cloud, *words: str) -> subprocess.CompletedProcess[str]:
    """What a command tells in the environment of the functions."""
    return subprocess.run(
        [sys.executable, "-m", "cvplus_workflow", "debug", *words],
        env={**os.environ, **cloud.stack.environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_an_operator_is_told_what_happened_to_a_job_and_what_its_plan_is(cloud: Cloud) -> None:
    job = cloud.create(features=["skills-visualization"])
    cloud.ended(job)
    told = command(cloud, "job-processing", job, "--tenant", ADA.tenant)
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith(f"{job}  completed, run 1")
    plan = command(cloud, "feature-orchestration", job, "--tenant", ADA.tenant, "--json")
    order = ["parse", "skills-visualization", "assemble", "quality"]
    assert json.loads(plan.stdout)["phases"] == [[step] for step in order]


def test_a_job_of_another_tenant_is_not_told(cloud: Cloud) -> None:
    job = cloud.create()
    told = command(cloud, "job-processing", job, "--tenant", "elsewhere")
    assert (told.returncode, told.stdout) == (2, "")
    assert job in told.stderr
