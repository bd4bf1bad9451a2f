"""Scenes that several test modules begin with."""

from typing import Any

from cvplus_workflow.domain.queue import StepClass
from tests.workloads import FEATURES, JobScene, catalogue, feature, success

ONE, OTHER = FEATURES[:2]


def two_features(**settings: Any) -> JobScene:
    """Parsed; the features ONE and OTHER are queued, each in a task of its own."""
    heavy = catalogue(
        feature(ONE, step_class=StepClass.HEAVY, **settings),
        feature(OTHER, step_class=StepClass.HEAVY),
    )
    scene = JobScene(heavy)
    (parse,) = scene.claim()
    scene.settle(success(parse))
    return scene


def task_of(scene: JobScene, name: str) -> str:
    return scene.step(name).task
