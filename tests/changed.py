"""Names the tests of packages that changed since main, or on main since the last commit: for `make test-changed`."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: Layers that are quick and need no browser.
LAYERS = ("unit", "store")


def called_for(changed: Iterable[str]) -> list[str]:
    """The existing test folders and files for these changed files.

    Args:
        changed: paths within the repository.
    """
    found: set[str] = set()
    for path in changed:
        if package := re.match(r"bot/(\w+)/", path):
            found |= {f"tests/{layer}/{package[1]}" for layer in LAYERS}
        elif re.match(r"tests/.*/test_\w+\.py$", path):
            found.add(path)
        elif layer := re.match(r"(tests/(?:unit|store))/", path):
            found.add(layer[1])  # shared files of a layer's tests
    there = sorted(each for each in found if (ROOT / each).exists())
    return [each for each in there if not any(str(parent) in found for parent in Path(each).parents)]


def _git(*arguments: str) -> list[str]:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")


if __name__ == "__main__":
    [base, *_] = _git("merge-base", "main", "HEAD")
    changed = [*_git("diff", "--name-only", base), *_git("ls-files", "--others", "--exclude-standard")]
    print(*called_for(changed))  # noqa: T201  (for the Makefile)
