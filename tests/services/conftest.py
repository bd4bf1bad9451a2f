"""An installation for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.installation import Installation


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    one = Installation(tmp_path)
    yield one
    one.close()
