"""Ways round the gate, tried on the real engine (docs/bypasses.md has the whole list)."""

from __future__ import annotations

import json

from compliance_tests.engine.checkout import Ran

from .fault import Table
from .killed import empty, standing
from .place import Place

fault = Table("Ways round")
WEAK = (
    "Pulumi.yaml",
    "default: 30\n    description: days of a",
    "default: 7\n    description: days of a",
)
BARE = ("up", "--yes", "--non-interactive", "--skip-preview")


@fault(
    "variables that swap a provider or choose a part", 0, r"^not handed to the engine: PULUMI_DEBUG"
)
def variables(place: Place) -> Ran:
    ran = place.gate(
        "preview",
        PULUMI_DEBUG_PROVIDERS="aws:9",
        PULUMI_OPTION_TARGET="urn:pulumi:sandbox::x::aws:kms/key:Key::x",
        PULUMI_EXPERIMENTAL="true",
    )
    assert "verdict: passed as planned" in ran.text, ran.text
    return ran


@fault("--target", 3, r"^--target leaves resources out", quick=True)
def target(place: Place) -> Ran:
    return place.gate("preview", "--", "--target", "urn:x")


@fault("--exclude", 3, r"^--exclude leaves resources out", quick=True)
def exclude(place: Place) -> Ran:
    return place.gate("preview", "--", "--exclude=urn:x")


@fault("--show-secrets with the saved plan", 3, r"^--show-secrets would write secrets", quick=True)
def show_secrets(place: Place) -> Ran:
    return place.gate("preview", "--", "--show-secrets")


@fault("--config on the command line", 3, r"^--config would judge another config", quick=True)
def config(place: Place) -> Ran:
    return place.gate("preview", "--", "--config", "iot-data-platform:databasePort=1")


@fault(
    "all controls disabled by --policy-pack-config", 2, r"by the policy config, the profile demands"
)
def disabled(place: Place) -> Ran:
    with place.instead(place.root / "off.json", b'{"all": "disabled"}'):
        return place.gate("preview", "--", "--policy-pack-config", "off.json")


@fault(
    "a bare `up` with the pack: it stops at the resource", 1, r"^aurora-backups failed", keeps=False
)
def bare_with_pack(place: Place) -> Ran:
    empty(place)
    with place.changed(WEAK):
        ran = place.pulumi(*BARE, "--policy-pack", "policies")
        assert ran.code != 0, ran.text
        held = place.holds()
        assert not [u for u in held.state if "rds/cluster:Cluster" in u]
        return place.gate("preview")


@fault("a bare `up` without the pack: the live proof finds it", 1, r"aurora-backups", keeps=False)
def bare_without_pack(place: Place) -> Ran:
    empty(place)
    with place.changed(WEAK):
        ran = place.pulumi(*BARE)
        assert ran.code == 0, ran.text
    return place.gate("verify")


@fault("the state edited after the approval", 2, r"^nothing was deployed: the state", keeps=False)
def state_edit(place: Place) -> Ran:
    standing(place)
    ran = place.gate("preview")
    assert ran.code == 0, ran.text
    digest = str(json.loads(place.ticket.read_text())["verdict"])
    urn = next(u for u in place.holds().state if "kms/alias:Alias" in u)
    done = place.pulumi("state", "delete", urn, "--yes", "--force")
    assert done.code == 0, done.text
    return place.gate("up", "--no-live-proof", APPROVE=digest)
