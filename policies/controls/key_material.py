"""KMS keys are symmetric, of one region, and of material that AWS made and rotates."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    MANDATORY,
    UNKNOWN,
    Control,
    Finding,
    Item,
    Resource,
    Settings,
    Severity,
    Value,
    accepts,
    refuses,
    undecided,
)

from ._types import CUSTOM_KEY_STORE, EXTERNAL_KEY, KEY, REPLICA_EXTERNAL_KEY, REPLICA_KEY

ONLY = {"customerMasterKeySpec": "SYMMETRIC_DEFAULT", "keyUsage": "ENCRYPT_DECRYPT"}
NOT_ROTATED = {
    EXTERNAL_KEY: "imported key material does not rotate",
    REPLICA_KEY: "a replica takes key material to a second region",
    REPLICA_EXTERNAL_KEY: "a replica of imported key material does not rotate",
    CUSTOM_KEY_STORE: "keys of a custom key store do not rotate",
}
FIX = "aws.kms.Key(...) without a store, a key spec, a usage or multi_region"


def check(resource: Resource, _settings: Settings) -> Iterator[Finding]:
    if reason := NOT_ROTATED.get(resource.type):
        yield Finding(f"{resource.type} is refused: {reason}")
        return
    props = resource.props
    for name, only in ONLY.items():
        if props.text(name, absent=only) != only:
            yield Finding(f"{name} is {props.show(name)}, but it must be {only}", property=name)
    if props.flag("multiRegion", absent=False):
        yield Finding("multiRegion is true, but a key must stay in one region", "multiRegion")
    for name in ("customKeyStoreId", "xksKeyId"):
        if props.text(name):
            yield Finding(
                f"{name} is {props.show(name)}, but the key's material must be AWS's", property=name
            )


def key(**props: Value) -> Item:
    return Item(KEY, "key", props)


CONTROL = Control(
    id="key-material",
    title="KMS keys are symmetric, single-region and of AWS material",
    statement="Each key must be a symmetric encryption key of one region whose material AWS "
    "makes, keeps and rotates.",
    rationale="Imported, external, asymmetric and replicated material is outside automatic "
    "rotation or outside the region.",
    severity=Severity.MEDIUM,
    owner="platform engineering",
    subjects=(KEY, *NOT_ROTATED),
    properties=(*ONLY, "multiRegion", "customKeyStoreId", "xksKeyId"),
    remediation=FIX,
    levels=MANDATORY,
    check=check,
    scenarios=lambda: (
        accepts("nothing said", key()),
        accepts(
            "all said",
            key(
                customerMasterKeySpec="SYMMETRIC_DEFAULT",
                keyUsage="ENCRYPT_DECRYPT",
                multiRegion=False,
                customKeyStoreId="",
                xksKeyId=None,
            ),
        ),
        refuses("asymmetric", key(customerMasterKeySpec="RSA_4096"), says="is RSA_4096"),
        refuses("another casing", key(customerMasterKeySpec="symmetric_default"), says="must be"),
        refuses("a signing key", key(keyUsage="SIGN_VERIFY"), says="is SIGN_VERIFY"),
        refuses("an empty usage", key(keyUsage=""), says="keyUsage is"),
        refuses("multi-region", key(multiRegion=True), says="must stay in one region"),
        refuses("multi-region as a text", key(multiRegion="true"), says="must stay in one region"),
        refuses("multi-region of a wrong type", key(multiRegion=1.0), says="true or false"),
        refuses("in a CloudHSM", key(customKeyStoreId="cks-1"), says="must be AWS's"),
        refuses("in an external store", key(xksKeyId="bb8562717f809024"), says="must be AWS's"),
        *(refuses(f"{t.split(':')[2]}", Item(t, "k"), says=why) for t, why in NOT_ROTATED.items()),
        undecided("a spec from an output", key(customerMasterKeySpec=UNKNOWN)),
        undecided("a store from an output", key(customKeyStoreId=UNKNOWN)),
        undecided("regions from an output", key(multiRegion=UNKNOWN)),
    ),
)
