"""``python -m scripts.licences``: writes the table of licences in docs/dependencies.md from the installed packages.

The licence is read from a package's metadata: the SPDX expression if it has one, else its classifiers,
else the free text. An unknown licence stops the command.
"""

from __future__ import annotations

import re
from importlib.metadata import PackageMetadata, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "bot.txt"
PAGE = ROOT / "docs" / "dependencies.md"
BEGIN, END = "<!-- licences: begin -->", "<!-- licences: end -->"

#: Licences as packages write them without an SPDX expression, with the SPDX identifier (spdx.org/licenses).
SPDX = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "apache-2.0": "Apache-2.0",
    "apl 2": "Apache-2.0",
    "bsd-2-clause": "BSD-2-Clause",
    "bsd-3-clause": "BSD-3-Clause",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mit": "MIT",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "mpl-2.0": "MPL-2.0",
    "mpl-2.0 and mit": "MPL-2.0 AND MIT",
    "psf-2.0": "PSF-2.0",
    "public domain": "LicenseRef-Public-Domain",
    "python software foundation license": "PSF-2.0",
    "the unlicense (unlicense)": "Unlicense",
    "unlicense": "Unlicense",
}
#: Packages whose metadata names no licence, or not all of it, with the licence in their files.
IN_THE_FILES = {
    "dask": "BSD-3-Clause",
    "itsdangerous": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause",
    "partd": "BSD-3-Clause",
    "prompt-toolkit": "BSD-3-Clause",
    "scipy": "BSD-3-Clause",
    "segno": "BSD-3-Clause",
    "skops": "MIT",
    "uvloop": "MIT OR Apache-2.0",
}


class LicenceError(Exception):
    """A package's licence is not known; the message names both."""


def locked(lock: str) -> list[str]:
    """The names of the packages in a lock, in its order, normalised (PEP 503)."""
    return [normalised(name) for name in re.findall(r"^([A-Za-z0-9][\w.-]*)(?:\[[^]]*\])?==", lock, re.MULTILINE)]


def normalised(name: str) -> str:
    """A package's normalised name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence(name: str, said: PackageMetadata) -> str:
    """The SPDX expression of a package's licence.

    Args:
        name: of the package, normalised.
        said: its metadata.

    Raises:
        LicenceError: it is not known.
    """
    expression = said.get("License-Expression")
    if expression:
        return str(expression)
    if name in IN_THE_FILES:
        return IN_THE_FILES[name]
    text = str(said.get("License") or "").strip().lower()
    if text in SPDX:
        return SPDX[text]
    classified = [each.rpartition(" :: ")[2] for each in said.get_all("Classifier") or [] if each.startswith("License")]
    known = sorted({SPDX[each.lower()] for each in classified if each.lower() in SPDX})
    if not known:
        raise LicenceError(f"{name}: its licence is not known ({text[:60] or classified or 'it says none'}).")
    return " OR ".join(known)


def table() -> str:
    """The table for the page: one row for each licence, with the packages that have it."""
    packages: dict[str, list[str]] = {}
    for name in sorted(locked(LOCK.read_text(encoding="utf-8"))):
        packages.setdefault(licence(name, metadata(name)), []).append(name)
    rows = [f"| {each} | {', '.join(packages[each])} |" for each in sorted(packages, key=str.lower)]
    return "\n".join(["| licence | packages |", "|---|---|", *rows])


def with_table(page: str, rows: str) -> str:
    """The page with these rows between the two marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{rows}\n{END}{after}"


def main() -> None:
    """Write the table into the page."""
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8"), table()), encoding="utf-8")


if __name__ == "__main__":
    main()
