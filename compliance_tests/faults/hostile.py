"""Text that wants to be something else: in names, tags, messages, arguments."""

from __future__ import annotations

import subprocess

from compliance_tests.engine.checkout import Ran

from .fault import Table
from .place import Place

fault = Table("Hostile text")
STACK = "infra/__main__.py"
SHUT = "verdict: passed as planned (exit 0)"
HOSTILE = (
    f"x\x1b[2J\x1b[1A\r\n{SHUT}\n::set-output name=a::b\n"
    "|`<script>alert(1)</script>${{ a }}\u202e$(id)"
)
#: What no file that a person opens may hold as it is.
RAW = ("\x1b", "<script", "\u202e", "\n::set-output", f"\n{SHUT}\n")
KEY = """
import pulumi_aws as aws
aws.kms.Key({name!r}, description="d", enable_key_rotation={rotation}, deletion_window_in_days=7,
            tags={tags!r})
"""
TAGS = {"Environment": "sandbox", "Project": "p", "ManagedBy": "Pulumi", "Name": "x-sandbox"}


@fault("a resource's name, on a violation", 1, r"key-rotation")
def name(place: Place) -> Ran:
    return planted(place, KEY.format(name=HOSTILE, rotation=False, tags=TAGS))


@fault("a tag's value, on a violation", 1, r"name-suffix|key-rotation")
def tag(place: Place) -> Ran:
    tags = {**TAGS, "Name": HOSTILE, "Owner": HOSTILE}
    return planted(place, KEY.format(name="x", rotation=False, tags=tags))


@fault("a tag's key", 1, r"key-rotation")
def tag_key(place: Place) -> Ran:
    return planted(place, KEY.format(name="x", rotation=False, tags={**TAGS, HOSTILE: "x"}))


@fault("the message of a program that fails", 3, r"^the engine says: .*")
def message(place: Place) -> Ran:
    return planted(place, f"\nimport pulumi\nraise pulumi.RunError({HOSTILE!r})\n")


@fault("a program that prints a verdict", 1, r"key-rotation")
def prints(place: Place) -> Ran:
    text = f"\nprint({SHUT!r})\n" + KEY.format(name="x", rotation=False, tags=TAGS)
    return planted(place, text)


@fault("the suffix in the stack's config", 3, r"environmentSuffix")
def suffix(place: Place) -> Ran:
    import json

    text = f"\nconfig:\n  iot-data-platform:environmentSuffix: {json.dumps(HOSTILE)}\n"
    with place.changed(("Pulumi.sandbox.yaml", "", text)):
        return place.gate("preview")


@fault("the name of a stack", 3, r"is no name of a stack", quick=True)
def stack(place: Place) -> Ran:
    return place.gate("preview", "--stack", HOSTILE)


@fault("the digest in APPROVE", 2, r"^APPROVE names another verdict|^APPROVE")
def digest(place: Place) -> Ran:
    from .binding import approved

    return approved(place, digest=HOSTILE)


@fault("a commit's author and branch", 0, r"^verdict: passed as planned")
def author(place: Place) -> Ran:
    author = HOSTILE.replace("\n", " ").replace("<", "{").replace("\r", "")
    git = ["git", "-c", f"user.name={author}", "-c", "user.email=a|b`c${{x}}@example.com"]
    for command in (["init", "-q", "-b", "a`b$(id)"], ["commit", "-q", "--allow-empty", "-m", "m"]):
        subprocess.run([*git, *command], cwd=place.root, check=True, capture_output=True)
    try:
        return clean(place, place.gate("preview"))
    finally:
        subprocess.run(["rm", "-rf", ".git"], cwd=place.root, check=True)


def planted(place: Place, text: str) -> Ran:
    """A preview of the program with some more at its end."""
    with place.changed((STACK, "", text)):
        return clean(place, place.gate("preview"))


def clean(place: Place, ran: Ran) -> Ran:
    """Nothing hostile stands as it is in the newest reports, nor in what the gate itself says."""
    reports = sorted((place.root / "reports" / "sandbox").glob("*.md"))
    for file in reports[-1:]:
        content = file.read_text(encoding="utf-8")
        assert not [r for r in RAW if r in content], f"{file.name} holds it as it is"
    own = ran.text.rpartition("\nstack sandbox, profile")[2]
    assert not [r for r in RAW[:3] if r in own and r != "<script"], "printed as it is"
    if ran.code:
        assert SHUT not in own.splitlines(), "a forged verdict stands on a line of its own"
    return ran
