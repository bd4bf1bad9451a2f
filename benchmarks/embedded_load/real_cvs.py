"""Real CVs: the documents whose reading has an expected result, in every format.

python -m benchmarks.embedded_load.real_cvs FOLDER
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]


class RealCv(NamedTuple):
    """A document and the name of its file."""

    file_name: str
    content: bytes


def real_cvs() -> list[RealCv]:
    """All of them, in the order of their names.

    Some are made here, by libraries that would stand in the memory which a benchmark
    measures; so another process does that.
    """
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", f"{__package__}.real_cvs", folder]
        subprocess.run(words, cwd=ROOT, check=True)
        paths = sorted(Path(folder).glob("*/*"))
        return [RealCv(path.name, path.read_bytes()) for path in paths]


def main() -> None:
    """Write them to a folder, each into one of its own, named as its expected result."""
    from benchmarks.extraction import EXPECTED, expected_document

    for stem in sorted(path.stem for path in EXPECTED.glob("*.json")):
        document = expected_document(stem)
        folder = Path(sys.argv[1]) / stem
        folder.mkdir()
        (folder / Path(document.file_name).name).write_bytes(document.content)


if __name__ == "__main__":
    main()
