"""Simulated faults for your own steps; docs/testing.md shows how to use it.

It needs the extra `testing`: pip install 'cvplus-workflow[testing]'.
"""

from .kit import EXAMPLE_CV, Report, Violation, check, simulate

__all__ = ["EXAMPLE_CV", "Report", "Violation", "check", "simulate"]
