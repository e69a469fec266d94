"""`python -m docs_reference`: write every generated page again."""

from __future__ import annotations

from docs_reference.pages import DOCS, stale, write


def main() -> None:
    """Write the outdated pages, and print their names."""
    for page in stale():
        write(page)
        print(f"Written: {(DOCS / page).relative_to(DOCS.parent)}")


if __name__ == "__main__":
    main()
