"""Sizes and names: small functions, small modules, no drawers for everything."""

import ast
from pathlib import Path
from statistics import median

from tests.layout.tree import (
    Function,
    functions_in,
    modules,
    name_of,
    product_modules,
    texts,
)

MODULE_LINES = 500
FUNCTION_LINES = 60
MEDIAN_LINES = 8
MOST_LINES = 15
DRAWERS = {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}


def code_lines(path: Path, function: Function) -> int:
    """Lines of a function with code on them, its docstring, comments and blanks not counted."""
    last = function.end_lineno or function.lineno
    lines = texts()[path].splitlines()[function.lineno - 1 : last]
    skipped = set()
    if ast.get_docstring(function) is not None:
        doc = function.body[0]
        skipped = set(range(doc.lineno, (doc.end_lineno or doc.lineno) + 1))
    return sum(
        bool(line.strip()) and not line.strip().startswith("#") and number not in skipped
        for number, line in enumerate(lines, function.lineno)
    )


def _sizes() -> dict[str, int]:
    return {
        f"{name_of(path)}:{function.lineno} {function.name}": code_lines(path, function)
        for path, module in product_modules().items()
        for function in functions_in(module)
    }


def test_no_function_is_long() -> None:
    assert {name: size for name, size in _sizes().items() if size > FUNCTION_LINES} == {}


def test_functions_are_short_as_a_rule() -> None:
    sizes = list(_sizes().values())
    assert len(sizes) > 100
    assert median(sizes) < MEDIAN_LINES
    assert sum(size <= MOST_LINES for size in sizes) > 0.8 * len(sizes)


def test_no_module_is_long() -> None:
    long = {name_of(path): len(texts()[path].splitlines()) for path in modules()}
    assert {name: lines for name, lines in long.items() if lines >= MODULE_LINES} == {}


def test_no_module_or_package_is_a_drawer_for_everything() -> None:
    parts = {part: path for path in modules() for part in (path.stem, *_folders(path))}
    assert {part: name_of(path) for part, path in parts.items() if part in DRAWERS} == {}


def _folders(path: Path) -> list[str]:
    return name_of(path).split("/")[:-1]


def _lacks_docstring(tree: ast.Module | ast.ClassDef, prefix: str) -> list[str]:
    found = [] if ast.get_docstring(tree) else [prefix]
    for node in tree.body:
        if not isinstance(node, ast.ClassDef | Function) or node.name.startswith("_"):
            continue
        name = f"{prefix}.{node.name}"
        if isinstance(node, ast.ClassDef):
            found += _lacks_docstring(node, name)
        elif not ast.get_docstring(node):
            found.append(name)
    return found


def test_every_public_module_class_and_function_says_what_it_means() -> None:
    lacking = [
        missing
        for path, module in product_modules().items()
        for missing in _lacks_docstring(module, name_of(path))
    ]
    assert lacking == []
