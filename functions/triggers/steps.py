"""Steps: run by Cloud Tasks, a queue and a function for each class.

Memory and timeout are those of the class (`domain/queue.py`), with room for the process
beside a child that uses all that it may; tests compare them.
"""

from firebase_functions.options import MemoryOption

from edge import task_queue

run_light_steps = task_queue(
    "runLightSteps", memory=MemoryOption.MB_512, timeout_s=60, concurrency=8, at_once=200
)
run_standard_steps = task_queue(
    "runStandardSteps", memory=MemoryOption.GB_1, timeout_s=300, concurrency=1, at_once=100
)
run_heavy_steps = task_queue(
    "runHeavySteps", memory=MemoryOption.GB_4, timeout_s=1800, concurrency=1, at_once=20
)
