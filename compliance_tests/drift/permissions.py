"""The IAM policy of the live tests on an emulator that enforces it: enough, and nothing too much.

    python -m compliance_tests.drift.permissions [--some N]

On a copy of the deployed sandbox a user gets exactly the printed policy, and nothing turns red;
then the policy without one action, for each in turn, and one line names the action. moto knows
nothing of the Resource and the Condition of a statement: these are widened here, and the reach of
each statement is held to the calls that were made instead (`unreached`).
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3

from evidence.live import MISSING
from evidence.load import record
from evidence.model import Record
from gate import iam
from gate.paths import ROOT

from .change import Here
from .run import CHANGES
from .snapshot import Snapshot, deployed
from .verify import Verified
from .verify import run as verify

USER = "verifier"
#: moto takes the name with which a request is signed for the service's in IAM.
MOTO = {"tag": "tagging"}
#: Calls that the tests make only when the account holds something that the stack does not: the
#: changes by hand after which each is made.
RARE = {
    "sns:GetTopicAttributes": "topic in clear",
    "sqs:GetQueueAttributes": "queue in clear",
    "rds:DescribeDBClusterSnapshotAttributes": "snapshot shared with everybody",
}
#: Not reached by any change of the table: an instance under a parameter group of one's own.
UNREACHED = {"rds:DescribeDBParameters"}


def checked() -> list[str]:
    """The actions that can be taken away one by one."""
    policy = iam.policy(ROOT, iam.Where(), ingestion=True)
    return sorted(iam.actions(policy) - iam.BEHIND - UNREACHED)


def enforced(snapshot: Snapshot, without: str) -> dict[str, str]:
    """Turn the emulator's authorisation on for a user with the policy; its environment."""
    from moto import settings
    from moto.core.authorization import ActionAuthenticatorMixin

    allowed = iam.actions(iam.policy(ROOT, iam.Where(), ingestion=True)) - {without}
    named = [f"{MOTO.get(s, s)}:{o}" for s, o in (a.split(":") for a in sorted(allowed))]
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": named, "Resource": "*"}],
    }
    client: Any = boto3.client("iam")
    client.create_user(UserName=USER)
    client.put_user_policy(UserName=USER, PolicyName="verify", PolicyDocument=json.dumps(document))
    key = client.create_access_key(UserName=USER)["AccessKey"]
    ActionAuthenticatorMixin.request_count = 0
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
    return {
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }


def child(snapshot: Snapshot, without: str, folder: Path) -> None:
    """One verification under the policy without an action, in a process that ends with it."""
    try:
        with snapshot.served() as here:
            if without in RARE:
                (change,) = [c for c in CHANGES if c.name == RARE[without]]
                from compliance_tests.deployed.stack import Cloud

                change.act(Here(here.stack, Cloud(here.stack.region, emulated=True)))
            environ = {**here.environ, **enforced(here, without)}
            os.environ.update(environ)
            boto3.setup_default_session()  # the one that there is remembers the old credentials
            found = verify(replace(here, environ=environ), folder)
        (folder / "found.json").write_text(
            json.dumps([sorted(found.red), sorted(found.errors), list(found.lines)]), "utf-8"
        )
    except BaseException:  # noqa: BLE001  whatever it is, the parent tells it
        (folder / "broken.txt").write_text(traceback.format_exc(), encoding="utf-8")
    finally:
        os._exit(0)


def verified(snapshot: Snapshot, without: str, folder: Path) -> Verified:
    """The verification under the policy; raises AssertionError when it could not be made."""
    own = Path(tempfile.mkdtemp(dir=folder))
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        child(snapshot, without, own)
    os.waitpid(pid, 0)
    broken = own / "broken.txt"
    assert not broken.exists(), broken.read_text("utf-8")
    red, errors, lines = json.loads((own / "found.json").read_text("utf-8"))
    (folder / "live.jsonl").write_bytes((own / "live.jsonl").read_bytes())
    return Verified(frozenset(red), frozenset(errors), tuple(lines))


def wrong(found: Verified, without: str) -> list[str]:
    """What is wrong with a verification that lacked one action: silence, or another complaint."""
    service, _, operation = without.partition(":")
    names = (without, f"{MOTO.get(service, service)}:{operation}")
    starts = tuple(f"{MISSING} {name};" for name in names)
    about = [x for x in found.lines if x.startswith(starts)]
    if len(about) != 1:
        return [f"{len(about)} lines name it, expected 1: {[x[:90] for x in found.lines[:4]]}"]
    if not found.errors:
        return ["nothing is an error"]
    rare = without in RARE  # the change itself is a finding of its own
    return [] if rare else [f"another line: {x}" for x in found.lines if x not in about]


def made(records: list[Record]) -> set[str]:
    """The actions that the calls of these records needed."""
    return {iam.action(c.service, c.operation) for r in records for c in r.api} - iam.FREE


def unreached(records: list[Record], policy: Mapping[str, Any]) -> Iterator[str]:
    """ARNs that a call named and that no statement for its action reaches."""
    for call in (c for r in records for c in r.api):
        named = iam.action(call.service, call.operation)
        arns = [v for v in call.params.values() if isinstance(v, str) and v.startswith("arn:aws:")]
        patterns = [p for s in policy["Statement"] if named in s["Action"] for p in s["Resource"]]
        for arn in arns:
            if not any(fnmatch.fnmatchcase(arn, p) for p in patterns):
                yield f"{named} on {arn}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m compliance_tests.drift.permissions")
    parser.add_argument("--some", type=int, default=0, metavar="N", help="take away only N actions")
    args = parser.parse_args()
    actions = checked()
    if args.some:
        actions = actions[:: max(len(actions) // args.some, 1)][: args.some]
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with deployed(folder / "copy") as snapshot:
            whole = verified(snapshot, "", folder)
            faults += [f"with the whole policy: {line}" for line in whole.lines]
            lines = (folder / "live.jsonl").read_text("utf-8").splitlines()
            records = [record(line) for line in lines]
            policy = iam.policy(ROOT, iam.Where(suffix=snapshot.stack.suffix), ingestion=True)
            calls, allowed = made(records), iam.actions(policy)
            faults += [f"called, not allowed: {a}" for a in sorted(calls - allowed)]
            idle = allowed - calls - set(RARE) - iam.BEHIND - UNREACHED
            faults += [f"allowed, never called: {a}" for a in sorted(idle)]
            faults += [f"out of reach: {u}" for u in sorted(set(unreached(records, policy)))]
            for one in actions:
                found = wrong(verified(snapshot, one, folder), one)
                print(f"{'ok   ' if not found else 'WRONG'} without {one}", flush=True)
                faults += [f"without {one}: {f}" for f in found]
    for fault in faults:
        print(f"      {fault}")
    print(
        f"permissions: {len(calls)} called, {len(allowed)} allowed; "
        f"{len(actions)} taken away one by one, {len(faults)} faults"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
