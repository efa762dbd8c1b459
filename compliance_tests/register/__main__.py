"""`python -m compliance_tests.register`: the coverage of each framework.

`--write` writes docs/coverage.md and register.json, which the gate reads.
"""

from __future__ import annotations

import sys

from . import coverage, publish
from .load import load
from .model import RegisterError


def main(arguments: list[str]) -> int:
    try:
        register = load()
    except RegisterError as wrong:
        print(f"error: {wrong}", file=sys.stderr)
        return 1
    if "--write" in arguments:
        coverage.DOCUMENT.parent.mkdir(exist_ok=True)
        coverage.DOCUMENT.write_text(coverage.document(register), "utf-8")
        publish.FILE.write_text(publish.document(register), "utf-8")
    else:
        parts = [coverage.summary(register), coverage.counts(register), [coverage.examples()]]
        print("\n\n".join("\n".join(lines) for lines in parts))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
