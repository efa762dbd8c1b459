"""How large each format is and how long it takes: ``python -m benchmarks.reports``.

A made-up stack of 45 controls on 2,000 resources each (90,000 records), planned, first passing,
then with every record failing, which is the worst case for those that show what is open. Seconds
are of processor time, in this process, after the evidence is read; PDF is left out.
"""

from __future__ import annotations

import argparse
import gzip
import time
from dataclasses import replace

from compliance_tests.samples import world
from evidence.formats import registry
from evidence.formats.registry import FORMATS, View
from evidence.model import Evidence, Outcome, Problem, Verdict


def main() -> int:
    """Measure and print a Markdown table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reports", description=__doc__)
    parser.add_argument("--controls", type=int, default=45)
    parser.add_argument("--resources", type=int, default=2000)
    parser.add_argument("--format", choices=FORMATS, action="append", help="only this one")
    args = parser.parse_args()
    passing = world.triple(args.resources, args.controls)[0]
    failing = every_record_fails(passing)
    print(
        f"{args.controls} controls x {args.resources} resources: {len(passing.records)} records\n"
    )
    print("| format | passing | seconds | all failing | seconds | of it with gzip |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name in args.format or [n for n, f in FORMATS.items() if not f.binary]:
        size, seconds, _ = measured(name, passing)
        worst, longer, packed = measured(name, failing)
        print(
            f"| {name} | {size / 1e6:.2f} MB | {seconds:.1f} "
            f"| {worst / 1e6:.2f} MB | {longer:.1f} | {packed / 1e6:.2f} MB |",
            flush=True,
        )
    return 0


def every_record_fails(evidence: Evidence) -> Evidence:
    """The same run with nothing but violations."""
    message = "it is 7, but 30 or more are demanded. Write: backup_retention_period=30"
    records = tuple(
        replace(r, verdict=Verdict.FAILED, message=message, remediation="x=30")
        for r in evidence.records
    )
    controls = tuple(
        c if c.verdict is Verdict.OFF else replace(c, verdict=Verdict.FAILED, reasons=(message,))
        for c in evidence.controls
    )
    problems = tuple(Problem(Outcome.VIOLATIONS, f"{c.id} failed: {message}") for c in controls)
    run = replace(evidence.run, outcome=Outcome.VIOLATIONS)
    return replace(evidence, run=run, records=records, controls=controls, problems=problems)


def measured(name: str, evidence: Evidence) -> tuple[int, float, int]:
    """Bytes, seconds of processor time, and bytes with gzip."""
    began = time.process_time()
    drawn = registry.render(name, View((evidence,)))
    spent = time.process_time() - began
    return len(drawn), spent, len(gzip.compress(drawn, mtime=0))


if __name__ == "__main__":
    raise SystemExit(main())
