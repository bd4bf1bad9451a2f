"""Every case of the contract suites runs on every back end."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.contract.back_ends import BackEnd, SqliteBackEnd
from tests.contract.firebase_back_end import FirebaseBackEnd

BACK_ENDS: dict[str, Callable[[Path], BackEnd]] = {
    "sqlite": SqliteBackEnd,
    "firebase": FirebaseBackEnd,
}


@pytest.fixture(params=list(BACK_ENDS))
def back_end(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BackEnd]:
    one = BACK_ENDS[request.param](tmp_path)
    yield one
    one.close()
