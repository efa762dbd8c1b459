"""Whatever stores stand under whatever keys, key-per-service sees each key that services share."""

from __future__ import annotations

from controls import key_per_service
from controls._key_graph import SERVICES
from core import UNKNOWN, Item, Scenario, Settings, Verdict
from core.scenarios import run
from hypothesis import given
from hypothesis import strategies as st

KEYS = [f"key-{i}" for i in range(4)]
STORES = sorted(t for t, (_, (own, *_)) in SERVICES.items() if own)
stores = st.lists(st.tuples(st.sampled_from(STORES), st.sampled_from(KEYS)), min_size=1, max_size=8)


def shared(placed: list[tuple[str, str]]) -> bool:
    """Two services on one key, said without the control's own code."""
    services: dict[str, set[str]] = {}
    for type_, key in placed:
        services.setdefault(key, set()).add(SERVICES[type_][0])
    return any(len(found) > 1 for found in services.values())


def items(placed: list[tuple[str, str]], deployed: bool, alias: bool) -> list[Item]:
    found = []
    for key in KEYS:
        arn = f"arn:aws:kms:sa-east-1:111122223333:key/{key}"
        known = {"id": key, "arn": arn} if deployed else {"id": UNKNOWN, "arn": UNKNOWN}
        found.append(Item("aws:kms/key:Key", key, known))
        target = arn if deployed else UNKNOWN
        props = {"name": f"alias/{key}", "targetKeyId": target}
        needs = {"targetKeyId": (key,)}
        found.append(Item("aws:kms/alias:Alias", f"alias-{key}", props, needs=needs))
    for i, (type_, key) in enumerate(placed):
        own = SERVICES[type_][1][0]
        arn = f"arn:aws:kms:sa-east-1:111122223333:key/{key}"
        value = f"alias/{key}" if alias and i % 2 else arn if deployed else UNKNOWN
        found.append(Item(type_, f"store-{i}", {own: value}, needs={own: (key,)}))
    return found


@given(stores, st.booleans(), st.booleans())
def test_a_key_is_refused_just_when_services_share_it(
    placed: list[tuple[str, str]], deployed: bool, alias: bool
) -> None:
    scenario = Scenario("drawn", Verdict.PASSED, tuple(items(placed, deployed, alias)))
    wanted = Verdict.FAILED if shared(placed) else Verdict.PASSED
    assert run(key_per_service.CONTROL, scenario).verdict is wanted


@given(stores, st.integers(min_value=0))
def test_a_key_from_outside_is_refused_unless_it_is_listed(
    placed: list[tuple[str, str]], which: int
) -> None:
    foreign = "arn:aws:kms:sa-east-1:444455556666:key/theirs"
    drawn = items([(t, KEYS[STORES.index(t) % 4]) for t, _ in placed], True, False)
    type_ = STORES[which % len(STORES)]
    drawn.append(Item(type_, "outside", {SERVICES[type_][1][0]: foreign}))
    listed = Settings("test", suffix="test", external_keys=(foreign,))
    outside = drawn[: 2 * len(KEYS)] + drawn[-1:]
    refused = Scenario("outside", Verdict.FAILED, tuple(drawn))
    accepted = Scenario("listed", Verdict.PASSED, tuple(outside), settings=listed)
    assert run(key_per_service.CONTROL, refused).verdict is Verdict.FAILED
    assert run(key_per_service.CONTROL, accepted).verdict is Verdict.PASSED
