"""Where a run's files are. The engine's own go to .state/, what a person reads to reports/."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECT = "iot-data-platform"
SANDBOX = "sandbox"


@dataclass(frozen=True)
class Paths:
    """The files of one stack."""

    stack: str
    root: Path = ROOT

    @property
    def plans(self) -> Path:
        """The folder of plans, event logs and traces."""
        return self.root / ".state" / "plans"

    @property
    def plan(self) -> Path:
        """What `pulumi preview --save-plan` wrote."""
        return self.plans / f"{self.stack}.plan.json"

    @property
    def events(self) -> Path:
        """The preview's event log."""
        return self.plans / f"{self.stack}.events.jsonl"

    @property
    def trace(self) -> Path:
        """The pack's trace of the preview."""
        return self.plans / f"{self.stack}.trace.jsonl"

    @property
    def up_events(self) -> Path:
        """The event log of `up`."""
        return self.plans / f"{self.stack}.up.events.jsonl"

    @property
    def up_trace(self) -> Path:
        """The pack's trace of `up`."""
        return self.plans / f"{self.stack}.up.trace.jsonl"

    @property
    def sources(self) -> Path:
        """Where the program made each resource, as our language host noted it."""
        return self.plans / f"{self.stack}.sources.jsonl"

    @property
    def destroy_events(self) -> Path:
        """The event log of `destroy`."""
        return self.plans / f"{self.stack}.destroy.events.jsonl"

    @property
    def ticket(self) -> Path:
        """Which evidence the last preview's verdict is over."""
        return self.plans / f"{self.stack}.verdict.json"

    @property
    def approval(self) -> Path:
        """A signed approval of that verdict."""
        return self.plans / f"{self.stack}.approval.json"

    @property
    def lock(self) -> Path:
        """Held by the gate while it works on the stack."""
        return self.plans / f"{self.stack}.lock"

    @property
    def reports(self) -> Path:
        """Evidence and reports of the stack."""
        return self.root / "reports" / self.stack

    def shown(self, path: Path) -> str:
        """The path as a person types it: relative to the checkout where it is inside."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)
