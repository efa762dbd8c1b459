"""`python -m benchmarks [--quick]`: measures what docs/performance.md says, and writes it; README
quotes the short of it.

What was measured is kept in .state/benchmarks: an interrupted run goes on where it stopped, and
`--again` forgets it. `--quick` takes less than five minutes on a quiet machine.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from pathlib import Path

from evidence.store import write_atomically

from . import ROOT, brief, fleet, pack, peers, previews
from .results import Results, say

DOCUMENT, README = ROOT / "docs" / "performance.md", ROOT / "README.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
SUITES = ("pack", "gate", "fleet", "peers")


def main() -> int:
    """Measure, write the tables; 1 when the pack and its stock path do not say the same."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller sizes, fewer repetitions")
    parser.add_argument("--again", action="store_true", help="forget what was measured before")
    parser.add_argument("--only", choices=SUITES, nargs="*", default=list(SUITES))
    parser.add_argument("--print", action="store_true", help="print the tables, write nothing")
    args = parser.parse_args()
    results = {name: Results(name, args.again and name in args.only) for name in SUITES}
    runs = 2 if args.quick else 5
    for name in args.only:
        say(f"{name} begins")
        if name == "pack":
            sizes = (500, 2_000) if args.quick else pack.SIZES
            pack.run(results[name], sizes, runs, 500 if args.quick else pack.MOST_STOCK)
        elif name == "gate":
            previews.run(results[name], runs)
        elif name == "fleet":
            fleet.run(results[name], (100,) if args.quick else fleet.SIZES, 1)
        else:
            peers.run(results[name], (500,) if args.quick else peers.SIZES, min(runs, 3))
    text = document(results)
    if args.print:
        print(text)
    else:
        write(DOCUMENT, text)
        write(README, "\n".join(brief.lines(results)))
    wrong = pack.differences(results["pack"])
    for line in wrong:
        say(line)
    return 1 if wrong else 0


def write(document: Path, text: str) -> None:
    """Put the text between the document's marks."""
    head, _, rest = document.read_text("utf-8").partition(BEGIN)
    new = f"{head}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}"
    write_atomically(document, new.encode())
    say(f"written: {document.relative_to(ROOT)}")


def document(results: dict[str, Results]) -> str:
    """What is between the marks of docs/performance.md; its list is README's too."""
    load = os.getloadavg()[1]
    when = time.strftime("%Y-%m-%d", time.gmtime())
    return "\n".join(
        [
            f"Measured on {when}: {os.cpu_count()} processors, Python {platform.python_version()}, "
            f"load average {load:.1f} at the end"
            + (" (other work ran: trust the ratios)." if load > 3 else "."),
            "Ratios are medians of paired repetitions, with the lowest and the highest.",
            "",
            *brief.lines(results),
            "",
            "### The pack",
            "",
            *pack.lines(results["pack"]),
            "",
            "### The gate, on the shipped stack in the sandbox",
            "",
            *previews.lines(results["gate"]),
            "",
            "### A fleet's audit",
            "",
            *fleet.lines(results["fleet"]),
            "",
            "### Beside what a user would pick instead",
            "",
            *peers.lines(results["peers"]),
        ]
    )


if __name__ == "__main__":
    Path(ROOT / ".state").mkdir(exist_ok=True)
    sys.exit(main())
