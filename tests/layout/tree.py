"""The repository as the layout tests see it."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "shared" / "cvplus_workflow"

_NOT_OURS = {".git", ".venv", ".hypothesis", "node_modules", "out", "build", "dist"}


@cache
def kept_files() -> tuple[Path, ...]:
    """All files that are in the repository, or would be with the next commit."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        return tuple(sorted(_walk(ROOT)))
    names = {ROOT / name for name in listed.stdout.split("\0") if name}
    return tuple(sorted(path for path in names if path.is_file()))


def _walk(folder: Path) -> Iterator[Path]:
    """Without git, such as in an unpacked archive: what is in no cache and no build."""
    for path in folder.iterdir():
        cache = path.name in _NOT_OURS or path.name.endswith(("_cache", ".egg-info"))
        if cache or path.name == "__pycache__":
            continue
        if path.is_dir():
            yield from _walk(path)
        elif path.is_file():
            yield path


@cache
def texts() -> dict[Path, str]:
    """The kept files that are UTF-8 text, with their content."""
    found = {}
    for path in kept_files():
        content = path.read_bytes()
        if b"\0" not in content:
            found[path] = content.decode("utf-8", errors="replace")
    return found


@cache
def product_modules() -> dict[Path, ast.Module]:
    """The Python modules that are shipped or deployed, parsed."""
    shipped = (ROOT / "shared", ROOT / "functions")
    return {path: module for path, module in modules().items() if _within(path, shipped)}


@cache
def modules() -> dict[Path, ast.Module]:
    """All kept Python modules, parsed."""
    return {path: ast.parse(text) for path, text in texts().items() if path.suffix == ".py"}


def _within(path: Path, folders: tuple[Path, ...]) -> bool:
    return any(folder in path.parents for folder in folders)


def name_of(path: Path) -> str:
    """A path as a person would write it."""
    return path.relative_to(ROOT).as_posix()


Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions_in(module: ast.Module) -> Iterator[Function]:
    """Every function of a module, methods and inner ones included."""
    return (node for node in ast.walk(module) if isinstance(node, Function))


def imports_in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Level and dotted name of every import below `tree`; level 0 is absolute."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.level, node.module or ""


def imported_at_start(module: ast.Module) -> Iterator[str]:
    """Absolute imports that run when the module does: not in functions, not for types only."""
    pending: list[ast.AST] = list(module.body)
    while pending:
        node = pending.pop()
        if isinstance(node, Function) or _only_for_types(node):
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (name for level, name in imports_in(node) if level == 0)
        pending += ast.iter_child_nodes(node)


def _only_for_types(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Name)
        and node.test.id == "TYPE_CHECKING"
    )
