"""What every Clock and every source of randomness does."""

from datetime import UTC, timedelta

import pytest

from cvplus_workflow.embedded.system import SystemClock, SystemEntropy
from cvplus_workflow.ports import Clock, Entropy
from tests.workloads import ManualClock, SeededEntropy


@pytest.mark.parametrize("clock", [SystemClock(), ManualClock()])
def test_a_clock_tells_utc_and_goes_on(clock: Clock) -> None:
    first, second = clock.now(), clock.now()
    assert first.tzinfo is UTC
    assert first.utcoffset() == timedelta(0)
    assert second >= first


@pytest.mark.parametrize("entropy", [SystemEntropy(), SeededEntropy()])
def test_ids_are_32_hexadecimal_digits_and_never_the_same(entropy: Entropy) -> None:
    tokens = [entropy.token() for _ in range(1_000)]
    assert len(set(tokens)) == len(tokens)
    assert all(len(token) == 32 and set(token) <= set("0123456789abcdef") for token in tokens)


@pytest.mark.parametrize("entropy", [SystemEntropy(), SeededEntropy()])
def test_fractions_lie_between_0_and_1_and_fill_that_range(entropy: Entropy) -> None:
    fractions = [entropy.fraction() for _ in range(1_000)]
    assert all(0 <= fraction < 1 for fraction in fractions)
    assert min(fractions) < 0.1 < 0.9 < max(fractions)
