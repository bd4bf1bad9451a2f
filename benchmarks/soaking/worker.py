"""A worker of real and synthetic steps, until its input ends.

python -m benchmarks.soaking.worker FOLDER
"""

import sys
import threading
from pathlib import Path

from cvplus_workflow.app import EmbeddedApp
from cvplus_workflow.settings import Settings
from cvplus_workflow.steps.registry import BUILT_IN
from cvplus_workflow.worker import Worker

from .steps import synthetic_steps


def main() -> None:
    steps = {**BUILT_IN, **synthetic_steps()}
    app = EmbeddedApp(Settings(data=Path(sys.argv[1])), steps=steps)
    worker = Worker(app, slots=1)
    threading.Thread(target=_stop_at_end, args=[worker], daemon=True).start()
    worker.start()
    worker.wait()
    worker.stop()
    app.close()


def _stop_at_end(worker: Worker) -> None:
    sys.stdin.read()
    worker.stop()


if __name__ == "__main__":
    main()
