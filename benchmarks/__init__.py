"""How long everything takes, beside what a user would pick instead: `python -m benchmarks`."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".state" / "benchmarks"  # recordings and results; git ignores it
