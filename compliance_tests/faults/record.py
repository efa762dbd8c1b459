"""What became of each fault, on disk as it goes: a run that was killed goes on where it was.

One line of JSON a fault, after a first line that names the code that was tried. Other code, and
the run begins anew; so does one after a run that was whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evidence import canonical
from gate.digests import of_file, of_folder

from .fault import Fault, Seen

ROOT = Path(__file__).parents[2]
FILE = ROOT / ".state" / "faults" / "run.jsonl"
FOLDERS = ("infra", "policies", "gate", "evidence", "sandbox", "compliance_tests/faults")
FILES = ("requirements.txt", "Pulumi.yaml", "Pulumi.sandbox.yaml")
NAMES = ("code", "line", "wrong", "seconds", "text")


def code() -> str:
    """The digest of what is tried, and of what tries it."""
    parts = [of_folder(ROOT / f) for f in FOLDERS] + [of_file(ROOT / f) for f in FILES]
    return "sha256:" + hashlib.sha256("\n".join(parts).encode()).hexdigest()


def entry(one: Seen) -> str:
    """One line of JSON."""
    kept = {name: getattr(one, name) for name in NAMES}
    return json.dumps({"group": one.fault.group, "name": one.fault.name, **kept}) + "\n"


def read(fault: Fault, line: str) -> Seen:
    """What `entry` wrote; raises ValueError, KeyError or TypeError on anything else."""
    found: Mapping[str, Any] = json.loads(line)
    if (found["group"], found["name"]) != (fault.group, fault.name):
        raise ValueError("it is of another fault")
    wrong = tuple(str(w) for w in found["wrong"])
    return Seen(
        fault, int(found["code"]), found["line"], wrong, float(found["seconds"]), found["text"]
    )


@dataclass
class Record:
    """The faults that this run is to make, and what became of those that it made."""

    wanted: Sequence[Fault]
    code: str
    began: str = ""
    made: dict[tuple[str, str], Seen] = field(default_factory=dict)
    file: Path = FILE

    def open(self, *, anew: bool) -> None:
        """Take up the run that was cut off, if it was one of the same code and not whole."""
        self.began = canonical.utc()
        if not anew:
            self._take_up()
        if not self.rest():
            self.made.clear()
        if self.made:
            return
        self.began = canonical.utc()
        self.file.parent.mkdir(parents=True, exist_ok=True)
        head = {"code": self.code, "began": self.began}
        self.file.write_text(json.dumps(head) + "\n", encoding="utf-8")

    def _take_up(self) -> None:
        try:
            head, *lines = self.file.read_text(encoding="utf-8").splitlines()
            told = json.loads(head)
            if told["code"] != self.code:
                return
            by_name = {(f.group, f.name): f for f in self.wanted}
            for line in lines:
                found = json.loads(line)
                if fault := by_name.get((found["group"], found["name"])):
                    self.made[fault.group, fault.name] = read(fault, line)
            self.began = str(told["began"])
        except (OSError, ValueError, KeyError, TypeError):
            return  # a last line that was cut off: what stands before it counts

    def add(self, one: Seen) -> None:
        """Keep it, on disk too."""
        self.made[one.fault.group, one.fault.name] = one
        with self.file.open("a", encoding="utf-8") as file:
            file.write(entry(one))

    def rest(self) -> list[Fault]:
        """Those that are still to be made."""
        return [f for f in self.wanted if (f.group, f.name) not in self.made]

    def found(self) -> list[Seen]:
        """What was seen so far, in the order of the table."""
        keys = [(f.group, f.name) for f in self.wanted]
        return [self.made[k] for k in keys if k in self.made]
