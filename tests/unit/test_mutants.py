"""The small changes with which `make mutants` tries whether tests notice anything."""

from __future__ import annotations

import ast
import importlib.util
import types

from tests.mutants import ROOMS, ROOT, mutants, put_in

CODE = '''
LIMIT = 3

def is_over(number):
    """Whether it is."""
    if number is None:
        return False
    return number > LIMIT

class Counter:
    def add(self, to):
        to.append(1)
'''


def test_each_mutant_has_one_change_within_a_function() -> None:
    texts = [each.source for each in mutants(CODE)]
    assert len(texts) == len(set(texts)) == 7
    assert ast.unparse(ast.parse(CODE)) not in texts
    assert all("LIMIT = 3" in each and "Whether it is." in each for each in texts)


def test_a_mutant_is_put_into_what_others_have_imported() -> None:
    module = types.ModuleType("room")
    module.__file__ = "room.py"
    exec(compile(CODE, "room.py", "exec"), module.__dict__)  # noqa: S102  (the code above)
    imported, counter = module.is_over, module.Counter()
    [mutant] = [each for each in mutants(CODE) if ">=" in each.what]
    assert not imported(3)
    put_in(mutant, module)
    assert imported(3)
    put_in(next(each for each in mutants(CODE) if each.what.startswith("12: to.append")), module)
    kept: list[int] = []
    counter.add(kept)
    assert kept == []


def test_the_modules_and_tests_of_every_room_are_there() -> None:
    for modules, files in ROOMS.values():
        assert [each for each in modules if importlib.util.find_spec(each) is None] == []
        assert [each for each in files if not (ROOT / "tests" / each).exists()] == []
