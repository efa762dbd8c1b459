"""Something is killed while the stack is deployed or deleted, and the next run finishes."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from collections.abc import Callable

from compliance_tests.engine.checkout import Ran, environment

from .fault import Table
from .place import Place, ended
from .proxy import Proxy, Rule
from .run_twice import both

fault = Table("While it deploys")
ENGINE = r"(^|/)pulumi (up|destroy) "
AWS = r"sandbox\.providers\.aws\b"
PLUGIN = "sandbox/providers/plugin.py"
CREATE = "    def Create(self, request: Any, context: Any) -> Any:\n"
CUT_OFF = r"cut off by a killed run .*make recover"
WHOLE = 40  # resources at least, of the shipped stack


@fault(
    "two `up` at once",
    3,
    r"^another (gate is at work|run works) on the stack",
    keeps=False,
    quick=False,
)
def two(place: Place) -> Ran:
    empty(place)
    first = place.begin("up", "--no-live-proof")
    place.wait_for(lambda: resources(place) > 0)
    second = place.gate("up", "--no-live-proof")
    done = ended(first)
    whole(place, done)
    return second


@fault(
    "the engine is killed at its first resource",
    0,
    CUT_OFF + r"|^verdict: passed as deployed",
    keeps=False,
)
def killed_first(place: Place) -> Ran:
    empty(place)
    return finished(place, kill_engine(place, "up", lambda: resources(place) >= 1))


@fault(
    "the engine is killed in the middle", 0, CUT_OFF + r"|^verdict: passed as deployed", keeps=False
)
def killed_middle(place: Place) -> Ran:
    empty(place)
    return finished(place, kill_engine(place, "up", lambda: resources(place) >= 20))


@fault(
    "the engine is killed near the end", 0, CUT_OFF + r"|^verdict: passed as deployed", keeps=False
)
def killed_late(place: Place) -> Ran:
    empty(place)
    return finished(place, kill_engine(place, "up", lambda: resources(place) >= WHOLE))


@fault(
    "the engine is killed while it deletes",
    0,
    CUT_OFF + r"|^not everything was deleted",
    keeps=False,
)
def killed_destroy(place: Place) -> Ran:
    standing(place)
    whole = resources(place)
    first = kill_engine(place, "destroy", lambda: 0 < resources(place) < whole - 5)
    recover(place)
    again = place.gate("destroy")
    assert again.code == 0, again.text
    assert not place.holds().state, "left in the state"
    assert not place.holds().cloud, f"left in the cloud: {place.holds().cloud}"
    return both(first, again)


@fault(
    "the gate is killed: the engine ends in order", 0, r"^verdict: passed as deployed", keeps=False
)
def gate_killed(place: Place) -> Ran:
    empty(place)
    run = place.begin("up", "--no-live-proof")
    place.wait_for(lambda: resources(place) >= 10)
    run.send_signal(signal.SIGKILL)
    ended(run)
    place.wait_for(lambda: not place.own(ENGINE))
    assert not place.pending(), "the engine did not end in order"
    return finished(place, Ran(-9, ""))


@fault("a provider plugin dies in the middle", 0, r"^the engine says: ", keeps=False)
def plugin_killed(place: Place) -> Ran:
    empty(place)
    # when it is alone at work: what a plugin was told to make as it died, nobody knows
    change = (
        '        if "ClusterInstance" in request.urn and not request.preview:\n'
        "            import os, time; time.sleep(4); os._exit(9)\n"
    )
    with place.changed((PLUGIN, CREATE, CREATE + change)):
        first = place.gate("up", "--no-live-proof")
    return finished(place, first, codes=(2, 3))


@fault("AWS answers 500 in the middle", 0, r"^the engine says: ", keeps=False)
def internal(place: Place) -> Ran:
    return spoilt(place, "CreateDBCluster", "500")


@fault(
    "AWS throttles in the middle: it is asked again",
    0,
    r"^verdict: passed as deployed",
    keeps=False,
)
def throttled(place: Place) -> Ran:
    empty(place)
    with place.proxied(Proxy(twice_throttled())) as proxy:
        ran = place.gate("up", "--no-live-proof")
    assert proxy.spoilt > 10, "little was throttled"
    return whole(place, ran)


@fault(
    "AWS hangs in the middle", 0, r"^the engine said nothing for \d+ s and was stopped", keeps=False
)
def hangs(place: Place) -> Ran:
    return spoilt(place, "CreateReplicationGroup", "hang", GATE_PATIENCE="10")


@fault("AWS closes the connection in the middle", 0, r"^the engine says: ", keeps=False)
def cut(place: Place) -> Ran:
    return spoilt(place, "CreateSecret", "cut")


@fault("AWS answers nonsense in the middle", 0, r"^the engine says: ", keeps=False)
def garbage(place: Place) -> Ran:
    return spoilt(place, "CreateStream", "garbage")


@fault(
    "the program says another value than the plan",
    0,
    r"^the engine says: .*violates plan",
    keeps=False,
)
def policy_late(place: Place) -> Ran:
    """What was good in the preview turns out bad: the resource is not made."""
    empty(place)
    change = (
        "infra/components/database.py",
        "backup_retention_period=",
        "backup_retention_period=7 if not pulumi.runtime.is_dry_run() else ",
    )
    with place.changed(change):
        first = place.gate("up", "--no-live-proof")
    assert first.code in (1, 2, 3), first.text
    assert not [c for c in place.holds().cloud if c.startswith("rds ") and "aurora-cluster" in c]
    return finished(place, first, codes=(1, 2, 3))


@fault(
    "the cloud forgets everything: the state is set aside",
    0,
    r"^sandbox: the stack's state belongs",
    keeps=False,
)
def forgotten(place: Place) -> Ran:
    standing(place)
    assert place.kill(r"sandbox\.emulator")
    return whole(place, place.gate("up", "--no-live-proof"))


@fault("`up` again changes nothing", 0, r"^verdict: passed as deployed", keeps=False)
def again(place: Place) -> Ran:
    standing(place)
    before = place.holds()
    ran = place.gate("up", "--no-live-proof")
    assert place.holds() == before
    return whole(place, ran)


@fault(
    "a deletion that another digest approves",
    2,
    r"^APPROVE names another",
    keeps=False,
)
def not_approved(place: Place) -> Ran:
    standing(place)
    ran = place.gate("destroy", APPROVE="sha256:" + "0" * 64)
    whole(place, Ran(0, ran.text))
    return ran


def twice_throttled() -> Rule:
    """Each action is refused twice before it is done."""
    asked: Counter[str] = Counter()

    def rule(_number: int, action: str) -> str | None:
        asked[action] += 1
        return "throttle" if asked[action] <= 2 else None

    return rule


def resources(place: Place) -> int:
    """How many the state has now; 0 while it is being written."""
    try:
        latest = json.loads(place.state_file.read_text())["checkpoint"]["latest"] or {}
    except (OSError, ValueError):
        return -1
    return sum(bool(r.get("custom")) for r in latest.get("resources") or [])


def kill_engine(place: Place, command: str, when: Callable[[], bool]) -> Ran:
    """Begin the command; SIGKILL to the engine once it is so far."""
    run = place.begin(command, *(("--no-live-proof",) if command == "up" else ()))
    place.wait_for(when, every=0.005)
    pids = place.own(ENGINE)
    assert pids, "the engine was over before it could be killed"
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    ran = ended(run)
    assert ran.code in (2, 3), f"a killed engine gave {ran.code}: {ran.text}"
    place.wait_for(lambda: not place.own(AWS), 90)
    return ran


def recover(place: Place) -> None:
    """What the gate asks for when something was cut off; it may not be needed."""
    ran = place.python("-m", "sandbox", "recover")
    assert ran.code == 0, ran.text


def finished(place: Place, first: Ran, codes: tuple[int, ...] = (2, 3, -9)) -> Ran:
    """The run that was cut off did not pass; the next one finishes what it began."""
    assert first.code in codes, f"it ended with {first.code}: {first.text}"
    second = place.gate("up", "--no-live-proof")
    if second.code == 3 and "make recover" in second.text:
        recover(place)
        first, second = both(first, second), place.gate("up", "--no-live-proof")
    return whole(place, both(first, second))


def whole(place: Place, ran: Ran) -> Ran:
    """All of the stack is there, once."""
    assert ran.code == 0, ran.text
    assert resources(place) >= WHOLE, f"{resources(place)} resources"
    assert not place.pending()
    assert not place.orphans(), f"made and lost: {place.orphans()}"
    return ran


def spoilt(place: Place, action: str, fate: str, **env: str) -> Ran:
    """`up` where AWS spoils one action, and `up` again where it does not."""
    empty(place)
    with place.proxied(Proxy(lambda _, asked: fate if asked == action else None)) as proxy:
        first = place.gate("up", "--no-live-proof", **env)
    assert proxy.spoilt, f"{action} was not asked for: {sorted(set(proxy.asked))}"
    return finished(place, first, codes=(2, 3))


def standing(place: Place) -> None:
    """All of the stack deployed, to begin with."""
    if resources(place) < WHOLE or place.pending():
        empty(place)
        whole(place, place.gate("up", "--no-live-proof"))


def empty(place: Place) -> None:
    """A cloud and a state with nothing in them, to begin with."""
    if resources(place) > 0 or place.holds().cloud:
        for command in ("stop", "start"):
            ran = place.python("-m", "sandbox", command)
            assert ran.code == 0, ran.text
        place.copy.environ.update(environment(place.copy))
