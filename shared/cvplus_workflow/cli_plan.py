"""What the command line shows of a job's plan: phases, steps, and why each is where it is."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text


def show_orchestration(out: Console, plan: Mapping[str, Any]) -> None:
    """A job's plan as `debugFeatureOrchestration` answers it; `*` marks the critical path."""
    places = f"{plan['carried']} of at most {plan['parallel']} steps queued or running"
    _line(out, f"{plan['jobId']}  {plan['status']}, run {plan['run']}; {places}")
    path = " -> ".join(plan["criticalPath"])
    _line(out, f"critical path (*): {path}, {_seconds(plan['criticalSeconds'])} expected")
    steps = {step["id"]: step for step in plan["steps"]}
    width = max((len(name) for name in steps), default=0)
    for number, phase in enumerate(plan["phases"], 1):
        _line(out, Text(f"phase {number}", style="bold"))
        for name in phase:
            _show_step(out, steps[name], width)


def _show_step(out: Console, step: Mapping[str, Any], width: int) -> None:
    mark = "*" if step["critical"] else " "
    took = "" if step["seconds"] is None else f"; took {_seconds(step['seconds'])}"
    _line(out, f"  {mark} {step['id']:<{width}}  {step['state']:<9}  {_expected(step)}{took}")
    dependencies = [("needs", step["needs"]), ("after", step["after"])]
    told = [f"{word} {', '.join(names)}" for word, names in dependencies if names]
    for line in (*told, *([step["why"]] if step["why"] else [])):
        _line(out, Text(f"      {line}", style="dim" if line in told else "yellow"))


def _expected(step: Mapping[str, Any]) -> str:
    samples = step["samples"]
    origin = f"measured {samples} times" if samples else "estimated"
    return f"{_seconds(step['expectedSeconds'])} {origin}"


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f} s"


def _line(out: Console, text: str | Text) -> None:
    out.print(text, markup=False, soft_wrap=True)
