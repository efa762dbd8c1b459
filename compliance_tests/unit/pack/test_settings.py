"""What the pack is told: its owned files, the engine's settings, and in an audit the URNs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from controls import aurora_backups, stream_retention
from core.control import Level
from core.settings import PackFiles, PackSettings, SettingsError, read_files
from pulumi.runtime.proto import analyzer_pb2 as pb

BACKUPS, RETENTION = aurora_backups.CONTROL, stream_retention.CONTROL
CONTROLS = {c.id: c for c in (BACKUPS, RETENTION)}
KEY = "arn:aws:kms:sa-east-1:123456789012:key/outside"
URN = "urn:pulumi:prod::billing::aws:kinesis/stream:Stream::s"


def written(folder: Path, name: str, content: Any) -> Path:
    (folder / name).write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    return folder


def test_no_file_means_sao_paulo_and_nothing_from_outside(tmp_path: Path) -> None:
    nothing = PackFiles({}, ("sa-east-1",), (), ())
    assert read_files(tmp_path) == nothing == PackFiles()
    written(tmp_path, "pack.json", {})
    assert read_files(tmp_path) == nothing


def test_each_file_is_read_whole(tmp_path: Path) -> None:
    written(tmp_path, "profiles.json", {"dev": "baseline", "São Paulo": "production"})
    given = {"allowedRegions": ["sa-east-1", "us-east-1"]}
    written(tmp_path, "pack.json", {**given, "externalKeys": [KEY, "b"], "rotationProven": [KEY]})
    assert read_files(tmp_path) == PackFiles(
        {"dev": "baseline", "São Paulo": "production"},
        ("sa-east-1", "us-east-1"),
        (KEY, "b"),
        (KEY,),
    )


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("profiles.json", '{"dev": "relaxed"}', "write baseline or production"),
        ("profiles.json", '{"a": "baseline", "dev": "relaxed"}', "dev: 'relaxed' is no profile"),
        ("profiles.json", "{", "profiles.json cannot be read as JSON"),
        ("profiles.json", "[]", "profiles.json must hold one JSON object"),
        ("pack.json", '{"alowedRegions": []}', "unknown key 'alowedRegions'"),
        ("pack.json", '{"allowedRegions": "sa-east-1"}', "allowedRegions must be a list of texts"),
        ("pack.json", '{"allowedRegions": [""]}', "allowedRegions must be a list of texts"),
        ("pack.json", '{"allowedRegions": ["a", 1]}', "allowedRegions must be a list of texts"),
        ("pack.json", '{"allowedRegions": null}', "allowedRegions must be a list of texts"),
        ("pack.json", '{"externalKeys": {"a": 1}}', "externalKeys must be a list of texts"),
        ("pack.json", '{"rotationProven": "arn:x"}', "rotationProven must be a list of texts"),
        ("pack.json", '{"rotationProven": ["arn:x"]}', "arn:x: list it in externalKeys"),
        (
            "pack.json",
            '{"externalKeys": ["arn:a"], "rotationProven": ["arn:a", "arn:x"]}',
            "arn:x: list it in externalKeys",
        ),
    ],
)
def test_wrong_files_are_one_line(tmp_path: Path, name: str, text: str, says: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(SettingsError, match=says) as told:
        read_files(tmp_path)
    assert "\n" not in str(told.value)


def test_a_file_that_cannot_be_opened_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "pack.json").mkdir()
    with pytest.raises(SettingsError, match=r"pack\.json cannot be read as JSON"):
        read_files(tmp_path)


def configured(**levels: Any) -> PackSettings:
    request = pb.ConfigureAnalyzerRequest()
    for name, level in levels.items():
        request.policyConfig[name.replace("_", "-")].enforcementLevel = level
    settings = PackSettings()
    settings.configure(request, CONTROLS)
    return settings


def test_a_policy_that_is_none_of_ours_hides_no_other() -> None:
    for unknown in ("a_stranger", "zzz"):  # whichever comes first
        told = {
            unknown: pb.DISABLED,
            "aurora_backups": pb.DISABLED,
            "stream_retention": pb.ADVISORY,
        }
        found = configured(**told)
        assert found.levels == {BACKUPS.id: Level.OFF, RETENTION.id: Level.ADVISORY}


def test_a_preview_is_one_until_the_engine_says_otherwise() -> None:
    settings = PackSettings()
    assert (settings.dry_run, settings.told) == (True, False)
    settings.configure_stack("dev", "p", {})
    assert (settings.dry_run, settings.told) == (True, True)
    settings.configure_stack("dev", "p", {}, dry_run=False)
    assert settings.dry_run is False


def test_an_audit_takes_the_stack_from_the_first_urn(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("POLICY_STACK", "POLICY_SUFFIX"):
        monkeypatch.delenv(name, raising=False)
    settings = PackSettings()
    assert settings.audit(URN) is True
    assert (settings.stack, settings.project, settings.suffix) == ("prod", "billing", "prod")
    assert settings.audit(URN.replace("prod", "other")) is False
    assert settings.stack == "prod"
    told = PackSettings()
    told.configure_stack("dev", "p", {})
    assert (told.audit(URN), told.stack) == (False, "dev")


def test_a_text_that_is_no_urn_names_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("POLICY_STACK", "POLICY_SUFFIX"):
        monkeypatch.delenv(name, raising=False)
    settings = PackSettings()
    settings.audit("urn:pulumi:prod")
    assert (settings.stack, settings.project, settings.suffix) == ("", "", None)


def test_an_urn_of_two_parts_names_stack_and_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POLICY_STACK", raising=False)
    settings = PackSettings()
    settings.audit("urn:pulumi:prod::billing")
    assert (settings.stack, settings.project) == ("prod", "billing")


def test_the_environment_names_stack_and_suffix_of_an_audit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("POLICY_STACK", "named")
    monkeypatch.setenv("POLICY_SUFFIX", "sfx")
    settings = PackSettings()
    settings.audit(URN)
    assert (settings.stack, settings.project, settings.suffix) == ("named", "billing", "sfx")
    settings.configure_stack("dev", "p", {})
    assert settings.suffix is None  # the engine told: the environment has no say
