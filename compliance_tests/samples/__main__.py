"""`python -m compliance_tests.samples`: sample reports; with `size` how large a big one is.

The sample runs are the latest real ones of the sandbox, replayed at other times with a failure, a
waiver or a doubt put in; where there are none, those of a made-up stack. All are EMULATED.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterable
from typing import Any

from evidence import canonical
from evidence.formats import html
from evidence.formats.registry import View
from evidence.load import load
from evidence.model import Evidence, Stage
from evidence.store import Stored, write_atomically

from . import world
from .replay import history
from .stories import STORIES

OUT = world.ROOT / "reports" / "samples"


def main(arguments: list[str]) -> int:
    """Write the samples, or measure."""
    if arguments:
        if arguments != ["size"]:
            print(f"error: {arguments[0]!r} is unknown; write nothing, or size", file=sys.stderr)
            return 2
        return size()
    base, origin = _base()
    print(f"replayed: {origin}")
    for name, steps in STORIES.items():
        folder = OUT / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        view = drawn_from(history(base, folder, steps))
        for lang in ("en", "pt-BR"):
            target = folder / f"SANDBOX-{name}.{lang}.html"
            write_atomically(target, html.render(View(**view, lang=lang)).encode())
            print(f"{target.relative_to(world.ROOT)}: {target.stat().st_size // 1000} kB")
    return 0


def drawn_from(stored: Iterable[Stored]) -> dict[str, Any]:
    """The parts of a view of these runs: the latest of each stage, all of them, their digests."""
    stored = list(stored)
    latest = {s.evidence.run.stage: s.evidence for s in stored}
    return {
        "runs": tuple(latest[s] for s in Stage if s in latest),
        "history": tuple(s.evidence for s in stored),
        "files": {s.evidence.run.id: s.digest for s in stored},
    }


def _base() -> tuple[tuple[Evidence, ...], str]:
    files = [
        world.ROOT / "reports" / "sandbox" / f"SANDBOX-latest-{stage}.evidence.json"
        for stage in Stage
    ]
    if all(f.exists() for f in files):
        found = tuple(load(f) for f in files)
        if all(e.run.outcome.exit_code == 0 and e.reference for e in found):
            return found, "the sandbox's latest runs"
    return world.triple(), "a made-up stack (no passing run of each stage in reports/sandbox)"


def size() -> int:
    """Print size and time of a report on 45 controls and 2,000 resources."""
    for controls, resources in ((65, 10), (45, 200), (45, 2000)):
        runs = world.triple(resources, controls)
        # the command has the digests from the files, which it reads anyway
        view = View(runs, files={e.run.id: "sha256:" + "0" * 64 for e in runs})
        html.render(View(world.triple(1, 1)))  # templates are compiled once
        began = time.process_time()
        drawn = html.render(view)
        spent = time.process_time() - began
        evidence = sum(len(canonical.stored(e)) for e in runs)
        print(
            f"{controls} controls x {resources} resources: evidence {evidence / 1e6:.1f} MB, "
            f"report {len(drawn.encode()) / 1e6:.2f} MB in {spent:.2f} s of processor time"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
