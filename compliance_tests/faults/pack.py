"""The policy pack breaks."""

from __future__ import annotations

import shutil

from compliance_tests.engine.checkout import Ran

from .fault import Table
from .place import Place, ended

fault = Table("The pack")
MAIN = "policies/__main__.py"
SERVICER = "policies/core/servicer.py"
CONTROL = "policies/controls/aurora_backups.py"
IMPORT = "from controls import CONTROLS\n"
ANALYZE = "        self._begin(request.urn)\n        speaking ="
AT_CLUSTER = 'if request.type == "aws:rds/cluster:Cluster": '


@fault("crashes at its start", 3, r"^the engine stopped before it began: policy pack", quick=True)
def start(place: Place) -> Ran:
    with place.changed((MAIN, IMPORT, IMPORT + 'raise RuntimeError("boom")\n')):
        return place.gate("preview")


@fault("does not compile", 3, r"^the engine stopped before it began: policy pack")
def syntax(place: Place) -> Ran:
    with place.changed((CONTROL, "", "\ndef (:\n")):
        return place.gate("preview")


@fault("dies in the middle", 3, r"^the engine says: .*")
def middle(place: Place) -> Ran:
    change = f"        {AT_CLUSTER}import os; os._exit(7)\n"
    with place.changed((SERVICER, ANALYZE, change + ANALYZE)):
        return place.gate("preview")


@fault("raises an error in the middle", (2, 3), r"the engine says: .*boom|boom")
def raises(place: Place) -> Ran:
    change = f'        {AT_CLUSTER}raise RuntimeError("boom")\n'
    with place.changed((SERVICER, ANALYZE, change + ANALYZE)):
        return place.gate("preview")


@fault("one control raises an error", 2, r"^aurora-backups .*ZeroDivisionError", quick=True)
def one_control(place: Place) -> Ran:
    with place.changed(spoilt_control("    1 / 0\n")):
        return place.gate("preview")


@fault("one control is asleep: it finds everything good", 2, r"^aurora-backups sleeps")
def asleep(place: Place) -> Ran:
    with place.changed(spoilt_control("    yield from ()\n")):
        return place.gate("preview")


@fault("hangs at its start", 3, r"^the engine said nothing for \d+ s and was stopped")
def hangs_at_start(place: Place) -> Ran:
    with place.changed((MAIN, IMPORT, "import time; time.sleep(600)\n" + IMPORT)):
        return place.gate("preview", GATE_PATIENCE="8")


@fault("hangs in the middle", 3, r"^the engine said nothing for \d+ s and was stopped")
def hangs_in_the_middle(place: Place) -> Ran:
    change = f"        {AT_CLUSTER}import time; time.sleep(600)\n"
    with place.changed((SERVICER, ANALYZE, change + ANALYZE)):
        return place.gate("preview", GATE_PATIENCE="8")


@fault("prints to standard output at its start", 3, r"^the engine .*invalid port")
def prints(place: Place) -> Ran:
    with place.changed((MAIN, IMPORT, 'print("hello")\n' + IMPORT)):
        return place.gate("preview")


@fault("prints to standard output in the middle", 2, r"^no control .*it gave no account")
def prints_later(place: Place) -> Ran:
    change = f'        {AT_CLUSTER}print("65535")\n'
    with place.changed((SERVICER, ANALYZE, change + ANALYZE)):
        return place.gate("preview")


@fault("has no control at all", 3, r"^the engine stopped before it began: policy pack")
def empty(place: Place) -> Ran:
    with place.changed((MAIN, "CONTROLS)", "())")):
        return place.gate("preview")


@fault("lacks one control", 2, r"aurora-backups .*not evaluated")
def lacks_one(place: Place) -> Ran:
    change = 'tuple(c for c in CONTROLS if c.id != "aurora-backups"))'
    with place.changed((MAIN, "CONTROLS)", change)):
        return place.gate("preview")


@fault("is missing", 3, r"^policies", quick=True)
def missing(place: Place) -> Ran:
    away = place.root / "policies-away"
    (place.root / "policies").rename(away)
    try:
        return place.gate("preview")
    finally:
        shutil.rmtree(place.root / "policies", ignore_errors=True)
        away.rename(place.root / "policies")


@fault("is another one", 2, r"ran, expected iot-data-platform-policies")
def another(place: Place) -> Ran:
    with place.changed((MAIN, '"iot-data-platform-policies"', '"some-other-policies"')):
        return place.gate("preview")


@fault("is of another version than its catalogue", 2, r"^the pack holds aurora-backups-2, which")
def version(place: Place) -> Ran:
    with place.changed((CONTROL, 'id="aurora-backups"', 'id="aurora-backups-2"')):
        return place.gate("preview")


@fault("is changed while the engine runs", 2, r"^the pack changed while the engine ran")
def changed_meanwhile(place: Place) -> Ran:
    run = place.begin("preview")
    place.wait_for(lambda: place.own("pulumi-resource-random|providers.random"))
    with place.changed((CONTROL, "MIN_DAYS = 30", "MIN_DAYS = 7")):
        return ended(run)


@fault("a control is switched off by config", 2, r"^aurora-backups is off by the policy config")
def switched_off(place: Place) -> Ran:
    config = place.root / "off.json"
    with place.instead(config, b'{"aurora-backups": "disabled"}'):
        return place.gate("preview", "--", "--policy-pack-config", "off.json")


@fault("the policy config is no JSON", 3, r"^the engine .*JSON")
def broken_config(place: Place) -> Ran:
    with place.instead(place.root / "off.json", b"{"):
        return place.gate("preview", "--", "--policy-pack-config", "off.json")


def spoilt_control(line: str) -> tuple[str, str, str]:
    """The check of one control, with a first line of ours."""
    return (CONTROL, "def check(", f"def check(*_a):\n{line}\n\ndef unused(")
