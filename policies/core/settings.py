"""What the pack knows beside the resources: profile, suffix, regions, keys from outside.

Owned files of the pack, read once at start:

- ``profiles.json``: stack name to profile. A stack that is not listed has the first profile,
  ``baseline``. The stack itself has no say in it.
- ``pack.json``: ``allowedRegions``, ``externalKeys`` (ARNs of customer keys made outside the
  stack) and ``rotationProven`` (those of them whose rotation was seen live), all optional.

The suffix comes from the policy config (``"suffix"`` of any policy), else from the stack's config
(``<project>:environmentSuffix``; empty means the stack's name), which the engine sends in
ConfigureStack. `pulumi policy analyze` sends none, so there the environment variable
``POLICY_SUFFIX`` decides, else the stack's name in the urns; ``POLICY_STACK`` names the stack.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from google.protobuf import json_format
from pulumi.runtime.proto import analyzer_pb2 as pb

from .control import Control, Level, Settings
from .values import Props

if TYPE_CHECKING:
    from .trace import Trace
    from .waivers import Waivers

PACK_FOLDER = Path(__file__).resolve().parent.parent
PROFILES = ("baseline", "production")
SUFFIX_KEY = "environmentSuffix"

#: Remediating means mandatory here: no control rewrites a resource.
FROM_ENGINE = {
    pb.ADVISORY: Level.ADVISORY,
    pb.MANDATORY: Level.MANDATORY,
    pb.REMEDIATE: Level.MANDATORY,
    pb.DISABLED: Level.OFF,
}


class SettingsError(Exception):
    """A file of the pack or its config is wrong. The text is one line with the remedy."""


@dataclass(frozen=True)
class PackFiles:
    """The pack's owned files."""

    profiles: Mapping[str, str] = field(default_factory=dict)
    allowed_regions: tuple[str, ...] = ("sa-east-1",)
    external_keys: tuple[str, ...] = ()
    rotation_proven: tuple[str, ...] = ()


def read_files(folder: Path = PACK_FOLDER) -> PackFiles:
    """Read and check the owned files. A missing one means its defaults; raises SettingsError."""
    profiles = _object(folder / "profiles.json")
    for stack, profile in profiles.items():
        if profile not in PROFILES:
            known = " or ".join(PROFILES)
            raise SettingsError(f"profiles.json: {stack}: {profile!r} is no profile; write {known}")
    pack = _object(folder / "pack.json")
    for key in pack:
        if key not in ("allowedRegions", "externalKeys", "rotationProven"):
            raise SettingsError(f"pack.json: unknown key {key!r}; remove it")
    listed, proven = _texts(pack, "externalKeys", ()), _texts(pack, "rotationProven", ())
    for arn in proven:
        if arn not in listed:
            raise SettingsError(f"pack.json: rotationProven names {arn}: list it in externalKeys")
    return PackFiles(profiles, _texts(pack, "allowedRegions", ("sa-east-1",)), listed, proven)


def _object(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as wrong:
        raise SettingsError(f"{path.name} cannot be read as JSON: {wrong}") from None
    if not isinstance(found, dict):
        raise SettingsError(f"{path.name} must hold one JSON object")
    return found


def _texts(pack: Mapping[str, Any], key: str, absent: tuple[str, ...]) -> tuple[str, ...]:
    found = pack.get(key, absent)
    if not isinstance(found, list | tuple) or not all(isinstance(t, str) and t for t in found):
        raise SettingsError(f"pack.json: {key} must be a list of texts")
    return tuple(found)


@dataclass
class PackSettings:
    """Grows with what the engine tells: ConfigureStack, Configure, and in an audit the urns."""

    files: PackFiles = field(default_factory=PackFiles)
    stack: str = ""
    project: str = ""
    dry_run: bool = True
    told: bool = False  # ConfigureStack came: this is no audit
    config_suffix: str | None = None  # from the stack's config
    params: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    levels: dict[str, Level] = field(default_factory=dict)  # from the policy config, by control
    trace: Trace | None = None
    inputs: dict[str, Props] = field(default_factory=dict)  # of each resource analyzed, by urn
    waivers: Waivers | None = None
    shown: dict[str, Props] = field(default_factory=dict)  # what the request in hand holds, by urn

    def configure(self, request: Any, controls: Mapping[str, Control]) -> None:
        """Take levels and parameters from a ConfigureAnalyzerRequest.

        The engine sends every level; those that differ from the announced one are overrides.
        """
        for name, config in request.policyConfig.items():
            if (control := controls.get(name)) is None:
                continue
            if params := json_format.MessageToDict(config.properties):
                self.params[name] = params
            level = FROM_ENGINE.get(config.enforcementLevel, Level.MANDATORY)
            if level is not self.announced(control):
                self.levels[name] = level

    def configure_stack(
        self,
        stack: str,
        project: str,
        config: Mapping[str, str],
        secrets: frozenset[str] = frozenset(),
        dry_run: bool = True,
    ) -> None:
        """Take what the engine says of the stack. Only the suffix is kept of its config."""
        self.stack, self.project, self.dry_run, self.told = stack, project, dry_run, True
        keys = [k for k in sorted(config) if k.split(":")[-1] == SUFFIX_KEY and k not in secrets]
        keys.sort(key=lambda k: k.split(":")[0] != project)
        self.config_suffix = (config[keys[0]] or stack) if keys else None

    def audit(self, urn: str) -> bool:
        """Without ConfigureStack: stack and project as the environment or the urn names them.
        True when they were told by this.
        """
        if self.told or self.stack:
            return False
        parts = urn.split("::")
        named = parts[0].removeprefix("urn:pulumi:") if len(parts) > 1 else ""
        self.stack = os.environ.get("POLICY_STACK", "") or named
        self.project = parts[1] if len(parts) > 1 else ""
        return True

    @property
    def profile(self) -> str:
        """The profile that the owned file binds the stack to."""
        return self.files.profiles.get(self.stack, PROFILES[0])

    @property
    def suffix(self) -> str | None:
        """The environment suffix; None when nobody told."""
        for params in self.params.values():
            if isinstance(params.get("suffix"), str) and params["suffix"]:
                return str(params["suffix"])
        if self.told:
            return self.config_suffix
        return os.environ.get("POLICY_SUFFIX", "") or self.stack or None

    def announced(self, control: Control) -> Level:
        """The level of the control in this stack's profile, before any policy config."""
        return control.levels.get(self.profile, Level.MANDATORY)

    def level(self, control: Control) -> Level:
        """The level in force."""
        return self.levels.get(control.id, self.announced(control))

    def common(self) -> Settings:
        """The settings without any control's own parameters."""
        return Settings(
            stack=self.stack,
            project=self.project,
            profile=self.profile,
            suffix=self.suffix,
            allowed_regions=self.files.allowed_regions,
            external_keys=self.files.external_keys,
            rotation_proven=self.files.rotation_proven,
        )

    def of(self, control: Control, common: Settings | None = None) -> Settings:
        """The settings that the check of `control` is given."""
        common = common or self.common()
        params = self.params.get(control.id)
        return replace(common, params=params) if params else common
