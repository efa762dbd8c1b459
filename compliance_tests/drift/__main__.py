"""Makes changes by hand on a deployed copy: `python -m compliance_tests.drift [WORDS OF NAME]`."""

from __future__ import annotations

import argparse
import sys
import time

from .run import CHANGES, Noticed, attack, covering, stayed_green, summary


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m compliance_tests.drift", description=__doc__)
    parser.add_argument("words", nargs="*", help="only changes with these words in their names")
    parser.add_argument(
        "--some", action="store_true", help="so few that each control turns red once"
    )
    parser.add_argument("--lines", action="store_true", help="print what the gate says of each")
    parser.add_argument("--tests", action="store_true", help="print the tests that turned red")
    args = parser.parse_args()
    table = covering(CHANGES) if args.some else CHANGES
    chosen = [c for c in table if " ".join(args.words) in c.name]
    if not chosen:
        print(f"no change has that name; there are: {', '.join(c.name for c in table)}")
        return 3
    start = time.monotonic()

    def say(seen: Noticed) -> None:
        print(f"{'ok   ' if seen.right else 'WRONG'} {seen.change.name}: {seen.resource}: "
              f"{', '.join(sorted(seen.red)) or 'nobody noticed'}", flush=True)  # fmt: skip
        for text in seen.missed:
            print(f"      missed: {text}")
        for text in seen.collateral:
            print(f"      collateral: {text}")
        for test in sorted(seen.tests) if args.tests else ():
            print(f"      red: {test}")
        for line in seen.lines if args.lines or not seen.right else ():
            print(f"      | {line}")

    seen = attack(chosen, say)
    proofs = stayed_green(seen)
    for line in proofs:
        print(f"proof: {line}")
    print(summary(seen))
    print(f"drift: in {time.monotonic() - start:.0f} s", file=sys.stderr)
    return 0 if all(n.right for n in seen) and not proofs else 1


if __name__ == "__main__":
    sys.exit(main())
