"""Makes the environment of the peers, beside this file: `.venv` and `node_modules`.

    python benchmarks/peers/setup.py

`run.py` does so by itself. Nothing of it reaches the project's own environment. Without
npm on the machine Restate is left out. The scripts of npm packages are not run.
"""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / "bin" / "python"
NODE_MODULES = HERE / "node_modules"


def install() -> None:
    """Make what is missing or older than its list of packages."""
    if _is_older(VENV / ".installed", HERE / "requirements.txt"):
        _run(sys.executable, "-m", "venv", "--clear", str(VENV))
        pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        _run(str(PYTHON), *pip, "--requirement", str(HERE / "requirements.txt"))
        (VENV / ".installed").touch()
    npm = shutil.which("npm")
    if npm and _is_older(NODE_MODULES / ".installed", HERE / "package-lock.json"):
        _run(npm, "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts")
        (NODE_MODULES / ".installed").touch()


def has_node() -> bool:
    """Whether Restate and its service can run here."""
    return NODE_MODULES.is_dir() and shutil.which("node") is not None


def _is_older(made: Path, listed: Path) -> bool:
    return not made.exists() or made.stat().st_mtime < listed.stat().st_mtime


def _run(*command: str) -> None:
    print("+", *command[:4], "...", file=sys.stderr)
    subprocess.run(command, cwd=HERE, check=True, stdout=sys.stderr)


if __name__ == "__main__":
    install()
