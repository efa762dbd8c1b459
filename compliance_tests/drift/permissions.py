"""The IAM policy of the live tests on an emulator that enforces it: enough, and nothing too much.

    python -m compliance_tests.drift.permissions [--some N]

On a copy of the deployed sandbox a user gets exactly the printed policy, and nothing turns red;
then the policy without one action, for each in turn, and one line names the action. The first run
notes which test makes which call, so that each later one runs only the tests that need the action
that it lacks; what the gate says is joined from these and from the first run's others. moto knows
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
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import boto3
from botocore.client import BaseClient

from compliance_tests.deployed.stack import Cloud
from evidence.live import MISSING
from evidence.model import Record
from gate import iam
from gate.paths import ROOT

from .change import Here
from .run import CHANGES
from .snapshot import Snapshot, deployed
from .verify import Before, Verified
from .verify import run as verify

USER = "verifier"
#: moto takes the name with which a request is signed for the service's in IAM.
MOTO = {"tag": "tagging"}
AT_ONCE = 2
FOUND, BROKEN, CALLED = "found.json", "broken.txt", "called.json"


def group_of_ones_own(here: Here) -> str:
    """An instance of the cluster under a parameter group of one's own."""
    name = f"by-hand-{here.suffix}"
    here["rds"].create_db_parameter_group(
        DBParameterGroupName=name,
        DBParameterGroupFamily="aurora-postgresql15",
        Description="made by hand",
    )
    told = here["rds"].describe_db_instances()["DBInstances"]
    one = str(told[0]["DBInstanceIdentifier"])
    here["rds"].modify_db_instance(DBInstanceIdentifier=one, DBParameterGroupName=name)
    return one


def by_hand(name: str) -> Callable[[Here], str]:
    """What the change of the table with this name does."""
    (found,) = [c.act for c in CHANGES if c.name == name]
    return found


#: Calls that the tests make only when the account holds something that the stack does not: what
#: is done by hand so that each is made. These runs are whole: other tests may need other calls.
RARE: dict[str, Callable[[Here], str]] = {
    "sns:GetTopicAttributes": by_hand("topic in clear"),
    "sqs:GetQueueAttributes": by_hand("queue in clear"),
    "rds:DescribeDBClusterSnapshotAttributes": by_hand("snapshot shared with everybody"),
    "rds:DescribeDBParameters": group_of_ones_own,
}


def checked() -> list[str]:
    """The actions that can be taken away one by one."""
    policy = iam.policy(ROOT, iam.Where(), ingestion=True)
    return sorted(iam.actions(policy) - iam.BEHIND)


@contextmanager
def noted(called: dict[str, set[str]]) -> Iterator[None]:
    """Notes the actions of all calls of boto3, by the test that makes them, recorded or not."""
    ask = BaseClient._make_api_call  # type: ignore[attr-defined]

    def asked(client: BaseClient, operation: str, params: object) -> object:
        test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
        named = iam.action(client.meta.service_model.service_name, operation)
        called.setdefault(named, set()).add(test)
        return ask(client, operation, params)

    with mock.patch.object(BaseClient, "_make_api_call", asked):
        yield


def enforced(snapshot: Snapshot, without: str) -> dict[str, str]:
    """Turn the emulator's authorisation on for a user with the policy; its environment."""
    from moto import settings
    from moto.core.authorization import ActionAuthenticatorMixin
    from moto.iam.access_control import IAMRequestBase

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
    # moto signs a path that ends in a slash (Lambda's) in another way than botocore does. Who asks
    # is told by the key alone; what the key allows is decided all the same.
    IAMRequestBase.check_signature = lambda self: None  # type: ignore[method-assign]
    ActionAuthenticatorMixin.request_count = 0
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
    return {
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }


def child(snapshot: Snapshot, without: str, folder: Path, before: Before | None) -> None:
    """One verification under the policy without an action, in a process that ends with it."""
    called: dict[str, set[str]] = {}
    try:
        with snapshot.served() as here:
            if without in RARE:
                RARE[without](Here(here.stack, Cloud(here.stack.region, emulated=True)))
            environ = {**here.environ, **enforced(here, without)}
            os.environ.update(environ)
            boto3.setup_default_session()  # the one that there is remembers the old credentials
            with noted(called):
                found = verify(replace(here, environ=environ), folder, before)
        tests = {action: sorted(tests) for action, tests in called.items()}
        (folder / CALLED).write_text(json.dumps(tests), "utf-8")
        (folder / FOUND).write_text(
            json.dumps([sorted(found.red), sorted(found.errors), list(found.lines)]), "utf-8"
        )
    except BaseException:  # noqa: BLE001  whatever it is, the parent tells it
        (folder / BROKEN).write_text(traceback.format_exc(), encoding="utf-8")
    finally:
        os._exit(0)


def read(folder: Path) -> Verified:
    """What a child left; raises AssertionError when it could not be made."""
    broken = folder / BROKEN
    assert not broken.exists(), broken.read_text("utf-8")
    assert (folder / FOUND).exists(), "its process was ended"
    red, errors, lines = json.loads((folder / FOUND).read_text("utf-8"))
    return Verified(frozenset(red), frozenset(errors), tuple(lines))


Ask = tuple[str, "Before | None"]


def forked(snapshot: Snapshot, asked: Sequence[Ask], folder: Path) -> Iterator[tuple[str, Path]]:
    """The verification without each action, a few at a time, as they end; and its folder."""
    waiting, running = list(asked), dict[int, tuple[str, Path]]()
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            without, before = waiting.pop(0)
            own = Path(tempfile.mkdtemp(dir=folder))
            sys.stdout.flush()
            pid = os.fork()
            if pid == 0:
                child(snapshot, without, own, before)
            running[pid] = without, own
        pid, _ = os.wait()
        if pid in running:
            yield running.pop(pid)


def needing(action: str, called: Mapping[str, Sequence[str]], before: Before) -> Before | None:
    """The first run, to which only the tests that make this call are put anew; None: all."""
    if action in RARE:
        return None
    return replace(before, only=tuple(called.get(action, ())))


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


def judged(
    called: Mapping[str, Sequence[str]], records: list[Record], suffix: str
) -> Iterator[str]:
    """What is wrong with the policy by the calls of the first run alone."""
    policy = iam.policy(ROOT, iam.Where(suffix=suffix), ingestion=True)
    calls, allowed = set(called) - iam.FREE, iam.actions(policy)
    yield from (f"called, not allowed: {a}" for a in sorted(calls - allowed))
    idle = allowed - calls - set(RARE) - iam.BEHIND
    yield from (f"allowed, never called: {a}" for a in sorted(idle))
    yield from (f"called, not in the evidence: {a}" for a in sorted(calls - made(records)))
    yield from (f"out of reach: {u}" for u in sorted(set(unreached(records, policy))))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m compliance_tests.drift.permissions")
    parser.add_argument("--some", type=int, default=0, metavar="N", help="take away only N actions")
    args = parser.parse_args()
    actions = checked()
    if args.some:
        actions = actions[:: max(len(actions) // args.some, 1)][: args.some]
    start = time.monotonic()
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with deployed(folder / "copy") as snapshot:
            ((_, first),) = forked(snapshot, [("", None)], folder)
            whole = read(first)
            faults += [f"with the whole policy: {line}" for line in whole.lines]
            print(f"{'WRONG' if faults else 'ok   '} with the whole policy", flush=True)
            called = json.loads((first / CALLED).read_text("utf-8"))
            before = Before.read(first)
            faults += judged(called, list(before.records), snapshot.stack.suffix)
            # the whole runs first: they take longest
            actions = sorted(actions, key=lambda a: a not in RARE)
            asked = [(a, needing(a, called, before)) for a in actions]
            for count, (one, own) in enumerate(forked(snapshot, asked, folder), 1):
                try:
                    found = wrong(read(own), one)
                except AssertionError as e:
                    found = [f"could not be run: {str(e).strip().splitlines()[-1]}"]
                tests = len(called.get(one, ()))
                about = "after a change by hand" if one in RARE else f"{tests} tests need it"
                word = "WRONG" if found else "ok   "
                print(f"{word} {count}/{len(actions)} without {one}: {about}", flush=True)
                for fault in found:
                    print(f"      {fault}", flush=True)
                faults += [f"without {one}: {f}" for f in found]
    for fault in faults:
        print(f"fault: {fault}")
    allowed = iam.actions(iam.policy(ROOT, iam.Where(), ingestion=True))
    print(
        f"permissions: {len(set(called) - iam.FREE)} called, {len(allowed)} allowed; "
        f"{len(actions)} taken away one by one, {len(faults)} faults"
    )
    print(f"permissions: in {time.monotonic() - start:.0f} s", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
