"""Breaks the code of one part (ROOM) in small ways, one at a time, and reports the changes that its tests miss.

``python -m tests.mutants ROOM [EVERY]``, as in `make mutants`; EVERY=3 tries every third mutant only. Each mutant is a
fork of this process, in which everything is imported: it replaces the code of one function and runs the part's tests on
SQLite until one fails. Only function bodies are changed, without annotations and docstrings.

mutmut 3 leaves out every function with a decorator, and two fifths of the form's rules are properties. cosmic-ray
starts a new test run for each mutant: three seconds of imports, which a fork saves.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import inspect
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
#: The modules and tests of each part.
ROOMS: dict[str, tuple[list[str], list[str]]] = {
    "form": (
        ["bot.registration.registration", "bot.registration.answers"],
        [
            "unit/registration/test_answers.py",
            "store/registration/test_registration.py",
            "store/registration/test_confirming.py",
            "store/registration/test_saving.py",
        ],
    ),
    "ledger": (["bot.registration.ledger"], ["store/registration/test_ledger.py"]),
    "consents": (
        ["bot.moves.consents"],
        [
            "store/moves/test_consents.py",
            "store/moves/test_withdrawal.py",
            "store/moves/test_after_submit.py",
            "store/registration/test_confirming.py",
        ],
    ),
    "checks": (
        ["bot.checks.service", "bot.checks.progress", "bot.checks.notifier"],
        [
            "store/checks/test_checks.py",
            "store/checks/test_notifier.py",
            "store/checks/test_decisions.py",
            "store/checks/test_example_provider.py",
        ],
    ),
    "erasure": (
        ["bot.privacy.erasure", "bot.privacy.retention"],
        ["store/privacy/test_erasure.py", "store/moves/test_deletion.py"],
    ),
    "merging": (["bot.accounts.merging"], ["store/accounts/test_joining.py", "store/accounts/test_links.py"]),
}
#: Seconds that one test may take with a mutant, so that endless loops are noticed.
SECONDS = 20
_OPPOSITES: dict[type[ast.AST], ast.AST] = {
    ast.Eq: ast.NotEq(),
    ast.NotEq: ast.Eq(),
    ast.Is: ast.IsNot(),
    ast.IsNot: ast.Is(),
    ast.In: ast.NotIn(),
    ast.NotIn: ast.In(),
    ast.Lt: ast.LtE(),
    ast.LtE: ast.Lt(),
    ast.Gt: ast.GtE(),
    ast.GtE: ast.Gt(),
    ast.And: ast.Or(),
    ast.Or: ast.And(),
    ast.Add: ast.Sub(),
    ast.Sub: ast.Add(),
}


@dataclass(frozen=True)
class Mutant:
    """A module with one change.

    Attributes:
        what: the place and the change.
        source: the whole module.
    """

    what: str
    source: str


def _changes(node: ast.AST) -> Iterator[tuple[str, Any]]:
    """The possible changes of a node: field and new value."""
    match node:
        case ast.Compare(ops=[operator]) if type(operator) in _OPPOSITES:
            yield "ops", [_OPPOSITES[type(operator)]]
        case ast.BoolOp(op=operator) | ast.BinOp(op=operator) if type(operator) in _OPPOSITES:
            yield "op", _OPPOSITES[type(operator)]
        case ast.Constant(value=bool(value)):
            yield "value", not value
        case ast.Constant(value=int(value)):
            yield "value", value + 1
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            yield "test", ast.UnaryOp(ast.Not(), test)
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield "value", ast.Constant(None)
        case ast.Expr(value=ast.Call() | ast.Await() | ast.YieldFrom()):
            yield "value", ast.Constant(None)
        case ast.Raise() if node.exc is not None:
            yield "exc", ast.Call(ast.Name("ArithmeticError", ast.Load()), [], [])


def mutants(source: str) -> Iterator[Mutant]:
    """All mutants of a module's functions."""
    tree = ast.parse(source)
    functions = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
    nodes = {id(node): node for each in functions for statement in each.body for node in ast.walk(statement)}
    for node in nodes.values():
        for field, value in _changes(node):
            before, was = ast.unparse(node), getattr(node, field)
            setattr(node, field, value)
            what = f"{getattr(node, 'lineno', '?')}: {_short(before)}  →  {_short(ast.unparse(node))}"
            yield Mutant(what, ast.unparse(tree))
            setattr(node, field, was)


def _short(code: str) -> str:
    return " ".join(code.split())[:70]


def _functions(holder: ModuleType | type, module: str) -> Iterator[FunctionType]:
    for value in vars(holder).values():
        if isinstance(value, type) and value.__module__ == module:
            yield from _functions(value, module)
        for each in (value.fget, value.fset) if isinstance(value, property) else (getattr(value, "__func__", value),):
            found = inspect.unwrap(each) if callable(each) else each
            if isinstance(found, FunctionType) and found.__module__ == module:
                yield found


def _codes(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _codes(each)


def put_in(mutant: Mutant, module: ModuleType) -> None:
    """Replace the code of a module's functions in place, so that importers get the mutant's."""
    codes = {each.co_qualname: each for each in _codes(compile(mutant.source, str(module.__file__), "exec"))}
    for function in _functions(module, module.__name__):
        code = codes.get(function.__code__.co_qualname)
        if code is not None and code.co_freevars == function.__code__.co_freevars:
            function.__code__ = code


def _fails(tests: list[str]) -> bool:
    options = ["-q", "-x", "-p", "no:cacheprovider", "-m", "not postgresql", f"--timeout={SECONDS}"]
    return pytest.main([*options, *tests]) != pytest.ExitCode.OK


def _is_noticed(mutant: Mutant | None, module: ModuleType, tests: list[str]) -> bool:
    """Whether the tests fail with a mutant."""
    child = os.fork()
    if child == 0:
        os.setsid()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        if mutant is not None:
            put_in(mutant, module)
        os._exit(_fails(tests))
    _, status = os.waitpid(child, 0)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # processes that the tests started
    return status != 0


def main(room: str, every: int = 1) -> int:
    """Try a part's mutants, or one in ``every``; returns the number that no test noticed."""
    modules, files = ROOMS[room]
    tests = [f"tests/{each}" for each in files]
    # The slow steps, such as imports and loading the model, happen once, here.
    broken = _fails(tests)
    tried, survivors = 0, list[str]()
    for name in modules:
        module = importlib.import_module(name)
        assert module.__file__ is not None
        if broken or _is_noticed(None, module, tests):
            raise SystemExit(f"The tests of {room} fail as it is: run pytest {' '.join(tests)}")
        for mutant in list(mutants(Path(module.__file__).read_text(encoding="utf-8")))[::every]:
            tried += 1
            if not _is_noticed(mutant, module, tests):
                survivors.append(f"{name}:{mutant.what}")
                print("survives", survivors[-1], flush=True)  # noqa: T201  (what the command is for)
    print(f"{room}: {tried - len(survivors)} of {tried} mutants noticed")  # noqa: T201
    return len(survivors)


if __name__ == "__main__":
    os.chdir(ROOT)
    began = time.monotonic()
    main(sys.argv[1], *map(int, sys.argv[2:]))
    print(f"{time.monotonic() - began:.0f} s")  # noqa: T201
