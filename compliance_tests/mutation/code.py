"""What is mutated, and which tests judge it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

UNIT = "compliance_tests/unit"
#: The pack's own harness and commands: they judge, or write files that tests compare.
NOT_JUDGED = {"replay.py", "scenarios.py", "catalog.py", "awake.py", "__init__.py"}


@dataclass(frozen=True)
class Code:
    """Files below a folder of the repo, the packages they are imported as, and their tests."""

    folder: str
    packages: tuple[str, ...]
    tests: tuple[str, ...]
    named: tuple[str, ...] = ()  # the files, when not all of the pack
    warm: tuple[str, ...] = ()  # what the tests use beside
    scenarios_again: tuple[str, ...] = ()  # tests that tell nothing of a control's file but that
    by_process: Mapping[str, str] = field(default_factory=dict)  # a file, and tests that start it

    @property
    def has_scenarios(self) -> bool:
        """The pack's controls bring scenarios, which are asked before any unit test."""
        return not self.named

    def files(self, root: Path) -> list[Path]:
        """The files to change; of the pack, those that hold more than examples."""
        folder = root / self.folder
        if self.named:
            return [folder / name for name in self.named]
        found = sorted((folder / "core").glob("*.py")) + sorted((folder / "controls").glob("*.py"))
        examples = ("_scenarios", "_attacks")
        return [f for f in found if f.name not in NOT_JUDGED and not f.stem.endswith(examples)]

    def but_for(self, only: Sequence[str]) -> Code:
        """The same without the tests that judge none of these files; whole when none is named."""
        needed = [t for t in self.tests if not only or any(self.judges(t, f) for f in only)]
        return replace(self, tests=tuple(needed))

    def judges(self, test: str, file: str) -> bool:
        """Whether the test file says more of the mutated file than its scenarios did."""
        again = self.scenarios_again
        return not file.startswith("controls/") or not (again and test.endswith(again))

    def module(self, file: Path) -> str:
        """The name that a file is imported by."""
        return ".".join((*file.parent.parts[-1:], file.stem))


def _pack_tests() -> Sequence[str]:
    quick = (
        "control",
        "values",
        "graph",
        "evaluate",
        "decode",
        "protocol",
        "ranges",
        "tables",
        "config",
        "properties",
        "states",
        "fleet_decider",
        "findings",
        "pack",
        "trace",
        "waivers",
        "settings",
        "indexes",
    )
    return (*(f"{UNIT}/pack/test_{name}.py" for name in quick), f"{UNIT}/pack/test_servicer.py")


PACK = Code(
    folder="policies",
    packages=("core", "controls"),
    tests=(*_pack_tests(), f"{UNIT}/pack_data/test_key_graphs.py"),
    scenarios_again=(
        "test_servicer.py",
        "test_decode.py",
        "test_evaluate.py",
        "test_states.py",
        "test_fleet_decider.py",
        "test_pack.py",
        "test_trace.py",
        "test_waivers.py",
        "test_settings.py",
    ),
    by_process={"core/pack.py": f"{UNIT}/pack/test_process.py"},
    warm=("pulumi_policy", "google.protobuf.json_format", "pulumi.runtime.proto.analyzer_pb2_grpc"),
)
#: The code of the gate that reaches a verdict, and what keeps secrets out of evidence.
GATE = Code(
    folder="",
    packages=("gate", "evidence"),
    named=(
        "gate/decide.py", "gate/facts.py", "gate/verdict.py", "gate/event_log.py", "gate/events.py",
        "gate/population.py", "gate/expected.py", "gate/binding.py", "gate/approval.py",
        "gate/waivers.py", "evidence/redact.py",
    ),
    tests=(
        f"{UNIT}/gate/test_decide.py", f"{UNIT}/gate/test_verdict.py",
        f"{UNIT}/gate/test_fleet_account.py",
        f"{UNIT}/gate/test_expected.py", f"{UNIT}/gate/test_tables.py",
        f"{UNIT}/gate/test_deviations.py", f"{UNIT}/gate/test_waivers.py",
        f"{UNIT}/gate/test_approval.py", f"{UNIT}/gate/test_runs.py",
        f"{UNIT}/evidence/test_redact.py",
    ),
)  # fmt: skip
