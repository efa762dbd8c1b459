"""A provider plugin breaks. The sandbox's own stand in for the vendor's: one process each."""

from __future__ import annotations

from compliance_tests.engine.checkout import Ran

from .fault import Table
from .place import Place, ended

fault = Table("The provider plugin")
AWS = r"sandbox\.providers\.aws\b"
SERVE = "sandbox/providers/aws/__main__.py"
FIRST = "from sandbox.process import serve\n"
PLUGIN = "sandbox/providers/plugin.py"
CHECK = "        known = self._resource(request.urn)\n        asked = Request("
STARTER = ".state/pulumi-home/plugins"


@fault("is killed in the middle of a preview", 3, r"^the engine ")
def killed(place: Place) -> Ran:
    run = place.begin("preview")
    place.wait_for(lambda: place.own(AWS))
    place.wait_for(lambda: _steps(place) > 3)
    assert place.kill(AWS)
    return ended(run)


@fault("hangs in the middle of a preview", 3, r"^the engine said nothing for \d+ s and was stopped")
def hangs(place: Place) -> Ran:
    with place.changed((PLUGIN, CHECK, f"        import time; time.sleep(600)\n{CHECK}")):
        return place.gate("preview", GATE_PATIENCE="8")


@fault("prints nonsense at its start", 3, r"^the engine ")
def nonsense(place: Place) -> Ran:
    with place.changed((SERVE, FIRST, f"print('hello', flush=True)\n{FIRST}")):
        return place.gate("preview")


@fault("dies at its start", 3, r"^the engine ")
def dies(place: Place) -> Ran:
    with place.changed((SERVE, FIRST, f"raise SystemExit(9)\n{FIRST}")):
        return place.gate("preview")


@fault("is gone: it is installed again", 0, r"^verdict: passed as planned")
def gone(place: Place) -> Ran:
    for file in (place.root / STARTER).glob("resource-aws-*/pulumi-resource-aws"):
        file.unlink()
    return place.gate("preview")


def _steps(place: Place) -> int:
    log = place.plans / "sandbox.events.jsonl"
    return log.read_text().count("resourcePreEvent") if log.exists() else 0
