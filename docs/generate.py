"""Writes the documents in this folder that are drawn from the code.

`python docs/generate.py`, or `make generate`. A layout test compares what is here with
what it would write.
"""

import json
from pathlib import Path

from cvplus_workflow.domain.states import JOB_MOVES, STEP_MOVES, state_diagram
from cvplus_workflow.steps.result import result_schema

HERE = Path(__file__).parent

STATE_DIAGRAMS = """\
# States

Drawn by `make generate` from the tables in `domain/states.py`; any other move is refused \
with an error that names both states.

## Jobs

A job's status within one run, in the web app's words; only a new run leads out of an end.

```mermaid
{jobs}
```

## Steps

Where a step stands in its job's current run; running to running is an attempt that \
supersedes another.

```mermaid
{steps}
```
"""


def documents() -> dict[str, str]:
    """The generated documents, by file name."""
    jobs, steps = state_diagram(JOB_MOVES), state_diagram(STEP_MOVES)
    return {
        "state-diagrams.md": STATE_DIAGRAMS.format(jobs=jobs, steps=steps),
        "result.schema.json": json.dumps(result_schema(), indent=2, ensure_ascii=False) + "\n",
    }


def main() -> None:
    """Write them all."""
    for name, text in documents().items():
        (HERE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
