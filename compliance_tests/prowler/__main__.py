"""`make prowler`: scan the deployed sandbox with Prowler, and hold its findings to the reasons.

    python -m compliance_tests.prowler [--findings FILE]

Prowler (2 GB) is installed into a virtual environment of its own, from hashed requirements. The
stack must be deployed (`make up`); `--findings` judges the OCSF file of a scan made before.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from compliance_tests.deployed.stack import ROOT, SANDBOX, environment
from evidence import canonical
from evidence.model import Assurance
from evidence.store import write_atomically

from .compare import HERE, compare

VENV = ROOT / ".state" / "prowler"
SERVICES = [
    "rds",
    "kms",
    "kinesis",
    "elasticache",
    "secretsmanager",
    "vpc",
    "cloudwatch",
    "ec2",
    "iam",
]
FAILING = 3  # Prowler's exit code when a check failed
PATIENCE = 1800  # seconds


def install() -> Path:
    """Prowler's executable, installed if it is not there."""
    executable = VENV / "bin" / "prowler"
    if not executable.exists():
        print("prowler: installing it into .state/prowler (2 GB)", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "--require-hashes", "-r", str(HERE / "requirements.txt")], check=True)
    return executable


def scan(executable: Path, folder: Path) -> Path:
    """Scan the sandbox's account; the OCSF file."""
    environ = environment(SANDBOX)
    command = [str(executable), "aws", "-f", environ["AWS_REGION"], "--services", *SERVICES]
    command += ["--scan-unused-services", "-M", "json-ocsf", "-o", str(folder), "-F", "sandbox"]
    done = subprocess.run(
        [*command, "--no-banner", "--no-color"],
        env=environ, cwd=folder, stdout=subprocess.DEVNULL, check=False, timeout=PATIENCE,
    )  # fmt: skip
    found = folder / "sandbox.ocsf.json"
    if done.returncode not in (0, FAILING) or not found.exists():
        raise SystemExit(
            f"prowler ended with {done.returncode} and left no findings; is the sandbox up? "
            "run: make up"
        )
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m compliance_tests.prowler")
    parser.add_argument("--findings", type=Path, help="of a scan made before (json-ocsf)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        file = args.findings or scan(install(), Path(scratch))
        findings = json.loads(file.read_text("utf-8"))
    if not findings:
        raise SystemExit("prowler found nothing to look at; is the sandbox up? run: make up")
    found = compare(findings)
    judge = found.judge(findings, SANDBOX, Assurance.EMULATED.value)
    kept = ROOT / "reports" / SANDBOX / "SANDBOX-prowler.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(kept, canonical.stored(judge).encode())
    for fault in found.faults:
        print(f"      {fault}")
    print(found.line)
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
