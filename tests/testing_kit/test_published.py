"""The kit as its users have it: the documented example runs, and what is missing is named."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

GUIDE = (Path(__file__).parents[2] / "docs" / "testing.md").read_text(encoding="utf-8")
FILE = re.compile(r"^```python\n# (\w+\.py)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RESULT = re.search(r"^result: .*$", GUIDE, re.MULTILINE)


def _pytest(folder: Path) -> "subprocess.CompletedProcess[str]":
    """What a reader sees who has put the files of the guide into `folder`."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "test_my_steps.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    for name, code in FILE.findall(GUIDE):
        (tmp_path / name).write_text(code, encoding="utf-8")
    return tmp_path


def test_the_documented_example_runs(example: Path) -> None:
    ended = _pytest(example)
    assert ended.returncode == 0, ended.stdout
    assert "2 passed" in ended.stdout


def test_the_documented_mistake_is_found_in_the_words_of_the_guide(example: Path) -> None:
    steps = example / "my_steps.py"
    code = steps.read_text(encoding="utf-8")
    clock = code.replace("seconds=len(words) * 60 // 130", "seconds=time.perf_counter_ns()")
    assert clock != code
    steps.write_text(f"import time\n{clock}", encoding="utf-8")
    ended = _pytest(example)
    assert ended.returncode == 1
    assert RESULT is not None
    assert RESULT.group() in ended.stdout


WITHOUT = """
import sys
sys.modules["greenlet"] = None
import cvplus_workflow.testing
"""

PRODUCTION = """
import sys
sys.modules["greenlet"] = None
import cvplus_workflow.app, cvplus_workflow.cli, cvplus_workflow.server, cvplus_workflow.worker
assert not [name for name in sys.modules if name.startswith("cvplus_workflow.testing")]
"""


def test_without_its_extra_the_kit_says_what_to_install() -> None:
    ended = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True)
    assert ended.returncode == 1
    assert ended.stderr.strip().endswith("pip install 'cvplus-workflow[testing]'")


def test_production_needs_nothing_of_the_kit() -> None:
    ended = subprocess.run([sys.executable, "-c", PRODUCTION], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
