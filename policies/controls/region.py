"""Everything is, and points to, an allowed region."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from core import (
    MANDATORY,
    Control,
    Finding,
    Resource,
    Scenario,
    Settings,
    Severity,
    Undecided,
    show,
)

#: The region of an ARN, of a service's host, and of an endpoint service's name. Each pattern with
#: a text that it never does without: most texts hold none of them, and a search for it is quick.
_REGION = r"([a-z]{2,3}(?:-[a-z]+)+-\d+)"
_NAMED = tuple(
    (sign, re.compile(pattern, re.ASCII))
    for sign, pattern in (
        ("arn:aws", r"arn:aws[a-z-]*:[a-z0-9*-]+:([a-z0-9*-]+):"),
        ("amazonaws.com", rf"(?<=[a-z0-9-])\.{_REGION}\.amazonaws\.com"),
        ("api.aws", rf"(?<=[a-z0-9-])\.{_REGION}\.api\.aws"),
        (".amazonaws.", rf"(?:com|aws)\.amazonaws\.{_REGION}\."),
        (".api.", rf"(?:com|aws)\.api\.{_REGION}\."),
    )
)
_NO_REGION = ("aws:iam/", "aws:route53/", "aws:cloudfront/", "aws:organizations/")


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    allowed = settings.allowed_regions
    aws = resource.type.startswith("aws:")
    if aws and not resource.type.startswith(_NO_REGION):
        own = resource.props.text("region")
        by_provider = resource.provider.props.text("region") if resource.provider else None
        if not (told := own or by_provider):
            raise Undecided("region", 'set aws:region in the stack\'s config, or region="..."')
        if not own and told not in allowed:
            yield _finding("region", told, allowed)
    for path, key, text in resource.props.every_text():
        for name in _regions(key, text):
            if name not in allowed:
                yield _finding(path, text, allowed)
                break


def _finding(path: str, text: str, allowed: Sequence[str]) -> Finding:
    top = re.split(r"[.\[]", path, maxsplit=1)[0]
    return Finding(
        f"{path} is {show(text)}, outside {', '.join(allowed)}",
        property=top,
        fix=f'{top}: name {allowed[0]}, e.g. region="{allowed[0]}"' if allowed else "",
    )


def _regions(key: str, text: str) -> list[str]:
    """The regions that one text names, as its property and the text itself tell."""
    if not text:
        return []
    kind, found = _kind(key), []
    if kind == "region":
        found.append(text)
    elif kind == "zone id":
        found.append(_of_zone_id(text))
    elif kind == "zone":
        found.append(re.sub(r"(?<=\d)[a-z]$", "", text))
    if ":" in text or "." in text:  # none of the patterns does without
        lowered = text.lower()  # in any case; to search for small letters alone is quick
        if len(lowered) != len(text):
            text = lowered  # a letter that is two when small, which no name of AWS holds
        for sign, pattern in _NAMED:
            if sign in lowered:
                found += [text[m.start(1) : m.end(1)] for m in pattern.finditer(lowered)]
    return found


@cache
def _kind(key: str) -> str:
    """What a property of this name holds."""
    lowered = key.lower()
    if lowered.endswith(("region", "regionname", "regions")):
        return "region"
    if "availabilityzoneid" in lowered:
        return "zone id"
    return "zone" if "availabilityzone" in lowered or lowered.endswith("azs") else ""


def _of_zone_id(text: str) -> str:
    """sae1-az1 is a zone of sa-east-1; what cannot be read is no region."""
    match = re.fullmatch(r"([a-z]{2})([nsewc]{1,2})(\d+)-az\d+", text)
    names = {"n": "north", "s": "south", "e": "east", "w": "west", "c": "central"}
    return f"{match[1]}-{''.join(names[c] for c in match[2])}-{match[3]}" if match else text


def scenarios() -> tuple[Scenario, ...]:
    from . import _region_scenarios as example

    return example.SCENARIOS


CONTROL = Control(
    id="region",
    title="Everything is in an allowed region",
    statement="Every resource, its zones and replicas, and every ARN and service it names must be "
    "in the allowed regions.",
    rationale="Readings that can be tied to a person may leave Brazil only under LGPD articles 33 "
    "to 36; a resource elsewhere is outside the controls of this account's region.",
    severity=Severity.HIGH,
    owner="platform engineering",
    subjects=("*",),
    properties=("region", "availabilityZone", "availabilityZones"),
    remediation='region="sa-east-1", or no region: the provider\'s',
    levels=MANDATORY,
    waivable=False,
    check=check,
    scenarios=scenarios,
)
