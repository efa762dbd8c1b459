"""Everything is, and points to, an allowed region."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from core import MANDATORY, Control, Finding, Resource, Settings, Severity, Undecided, Value, show
from core.values import SECRET_PROPERTIES

from . import _region_scenarios as example

#: The region of an ARN, of a service's host, and of an endpoint service's name.
_NAMED = re.compile(
    r"arn:aws[a-z-]*:[a-z0-9*-]+:(?P<arn>[a-z0-9*-]+):"
    r"|[a-z0-9-]+\.(?P<host>[a-z]{2,3}(?:-[a-z]+)+-\d+)\.(?:amazonaws\.com|api\.aws)"
    r"|(?:com|cn\.com|aws)\.(?:amazonaws|api)\.(?P<service>[a-z]{2,3}(?:-[a-z]+)+-\d+)\.",
    re.IGNORECASE | re.ASCII,
)
_FREE_TEXT = frozenset({"description", "tags", "tagsAll", "dashboardBody"})
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
    names = resource.props.keys()
    for path, key, text in _texts("", "", {name: resource.props.raw(name) for name in names}):
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


def _texts(path: str, key: str, value: Value) -> Iterator[tuple[str, str, str]]:
    """Every text inside, with its path and the nearest property's name."""
    if isinstance(value, str):
        yield path, key, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name not in _FREE_TEXT and name not in SECRET_PROPERTIES:
                yield from _texts(f"{path}.{name}" if path else str(name), str(name), inner)
    elif isinstance(value, Sequence):
        for i, inner in enumerate(value):
            yield from _texts(f"{path}[{i}]", key, inner)


def _regions(key: str, text: str) -> Iterator[str]:
    """The regions that one text names, as its property and the text itself tell."""
    lowered = key.lower()
    if not text:
        return
    if lowered.endswith(("region", "regionname", "regions")):
        yield text
    elif "availabilityzoneid" in lowered:
        yield _of_zone_id(text)
    elif "availabilityzone" in lowered or lowered.endswith("azs"):
        yield re.sub(r"(?<=\d)[a-z]$", "", text)
    for match in _NAMED.finditer(text):
        yield match["arn"] or match["host"] or match["service"]


def _of_zone_id(text: str) -> str:
    """sae1-az1 is a zone of sa-east-1; what cannot be read is no region."""
    match = re.fullmatch(r"([a-z]{2})([nsewc]{1,2})(\d+)-az\d+", text)
    names = {"n": "north", "s": "south", "e": "east", "w": "west", "c": "central"}
    return f"{match[1]}-{''.join(names[c] for c in match[2])}-{match[3]}" if match else text


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
    scenarios=example.SCENARIOS,
)
