"""Scenarios of resource-tags."""

from __future__ import annotations

from core import UNKNOWN, Item, Scenario, Settings, Value, accepts, ignores, refuses, undecided

from ._tags import PRODUCTION, REQUIRED
from ._types import ALIAS, KEY, SECRET_VERSION

ALL: dict[str, Value] = {
    "Environment": "test",
    "Project": "iot",
    "ManagedBy": "pulumi",
    "Name": "k-test",
}


def key(tags: Value, **more: Value) -> Item:
    return Item(KEY, "key", {"tags": tags, **more})


def without(name: str) -> dict[str, Value]:
    return {k: v for k, v in ALL.items() if k != name}


PROD = Settings("prod", profile="production", suffix="test")
DEFAULTS: dict[str, Value] = {"defaultTags": '{"tags": {"Project": "iot", "Environment": "test"}}'}

SCENARIOS: tuple[Scenario, ...] = (
    accepts("all four", key(ALL)),
    accepts(
        "all six in production",
        key({**ALL, "Owner": "data", "DataClass": "internal"}),
        settings=PROD,
    ),
    accepts("more than asked", key({**ALL, "Other": "x"})),
    accepts("another tag unknown", key({**ALL, "Other": UNKNOWN}, tagsAll=UNKNOWN)),
    accepts("by the provider's defaults", key({"Name": "k"}, tagsAll=ALL)),
    accepts(
        "by defaults, one tag unknown",
        Item(
            KEY,
            "k",
            {"tags": {"Name": "k", "ManagedBy": "pulumi", "X": UNKNOWN}, "tagsAll": UNKNOWN},
            provider_props=DEFAULTS,
        ),
    ),
    refuses("no tags", key(None), says='tags["Environment"] is absent'),
    *(refuses(f"without {k}", key(without(k)), says=f'tags["{k}"] is absent') for k in REQUIRED),
    *(refuses(f"{k} empty", key({**ALL, k: ""}), says=f'tags["{k}"] is empty') for k in REQUIRED),
    *(refuses(f"{k} null", key({**ALL, k: None}), says="is absent") for k in REQUIRED),
    *(refuses(f"{k} blank", key({**ALL, k: "  "}), says="must be") for k in REQUIRED),
    *(
        refuses(
            f"{k} in small letters",
            key({**without(k), k.lower(): "test"}),
            says=f'"{k}"] is absent',
        )
        for k in REQUIRED
    ),
    *(
        refuses(f"{k} missing in production", key(ALL), says=f'"{k}"] is absent', settings=PROD)
        for k in PRODUCTION
    ),
    refuses(
        "another environment",
        key({**ALL, "Environment": "prod"}),
        says="is prod, but it must be test",
    ),
    refuses("another casing", key({**ALL, "Environment": "Test"}), says="must be test"),
    refuses("a tag of a wrong kind", key({**ALL, "Project": 7.0}), says="must be a text"),
    refuses("tags as a list", key(["Environment"]), says="must be an object"),
    refuses("a tag left out of tagsAll", key(ALL, tagsAll=without("Project")), says="Project"),
    accepts(
        "another tag ignored by the provider",
        Item(KEY, "k", {"tags": ALL}, provider_props={"ignoreTags": '{"keys": ["Other"]}'}),
    ),
    refuses(
        "an ignored tag",
        Item(KEY, "k", {"tags": ALL}, provider_props={"ignoreTags": '{"keys": ["Project"]}'}),
        says="absent",
    ),
    refuses(
        "defaults that are no JSON",
        Item(KEY, "k", {"tags": {}}, provider_props={"defaultTags": "{"}),
        says="the provider's defaultTags` must be",
    ),
    undecided(
        "defaults from an output",
        Item(KEY, "k", {"tags": {}}, provider_props={"defaultTags": UNKNOWN}),
        says="the provider's defaultTags",
    ),
    undecided("tags from an output", key(UNKNOWN), says="`tags` is not known"),
    undecided(
        "a tag from an output",
        key({**ALL, "Project": UNKNOWN}, tagsAll=UNKNOWN),
        says='tags["Project"]',
    ),
    undecided(
        "no suffix told",
        key(ALL),
        settings=Settings("test"),
        says="environmentSuffix` is not known before deployment; to decide it, set it",
    ),
    ignores("an alias, which takes none", Item(ALIAS, "a", {"name": "alias/a-test"})),
    ignores("a version, which takes none", Item(SECRET_VERSION, "v")),
    accepts(
        "ignored by no text",
        Item(
            KEY,
            "k",
            {"tags": ALL},
            provider_props={"ignoreTags": '{"keys": [7], "keyPrefixes": [7]}'},
        ),
    ),
    refuses(
        "a tag from an output, and one without",
        key({**without("Name"), "Environment": UNKNOWN}, tagsAll=UNKNOWN),
        says='tags["Name"] is absent, but',
    ),
    refuses(
        "a tag of a wrong kind, and one empty",
        key({**ALL, "Environment": 7.0, "Name": ""}),
        says='tags["Name"] is empty, but',
    ),
)
