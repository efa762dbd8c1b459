"""The secrets: what is in them, who can read them, and that their values stand nowhere in clear."""

from __future__ import annotations

import base64
import json
import os
import string
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evidence.live import Check, Recorder

from .conftest import Prove
from .exact import Exact
from .principals import foreign, open_to_all, principals, statements
from .stack import Cloud, Deployed
from .test_keys import key_id

FIELDS = ["dbname", "engine", "host", "password", "port", "username"]
#: What Aurora PostgreSQL does not take in a master password.
FORBIDDEN = set('/@" ')
#: Where a run leaves files. The emulator's memory is the cloud itself and is not searched.
ARTEFACTS = (".state", "reports")
TOO_LARGE = 200_000_000


def database_secret(
    check: Check, stack: Deployed, cloud: Cloud, recorder: Recorder
) -> dict[str, Any]:
    """The six fields. The recorder is told to forget the password before anything is kept."""
    answer = cloud["secretsmanager"].get_secret_value(SecretId=stack.output("db_secret_arn"))
    value: dict[str, Any] = json.loads(answer["SecretString"])
    recorder.forget(value.get("password", ""), answer["SecretString"])
    asked = {"SecretId": stack.output("db_secret_arn")}
    check.saw("secretsmanager", "GetSecretValue", asked, answer)
    return value


@pytest.mark.requirement("REQ-SEC-1")
def test_six_fields_are_true_of_the_cluster(
    stack: Deployed, cloud: Cloud, prove: Prove, recorder: Recorder
) -> None:
    arn = stack.output("db_secret_arn")
    with prove(type="secretsmanager:secret", arn=arn) as check:
        value = database_secret(check, stack, cloud, recorder)
        (told,) = check.ask(
            cloud["rds"],
            "describe_db_clusters",
            DBClusterIdentifier=f"aurora-cluster-{stack.suffix}",
        )["DBClusters"]
        check.expect("fields", FIELDS, sorted(value))
        check.expect("username", told["MasterUsername"], value.get("username"))
        check.expect("engine", told["Engine"], value.get("engine"))
        check.expect("host", told["Endpoint"], value.get("host"))
        check.expect("port", told["Port"], value.get("port"))
        check.expect("dbname", told["DatabaseName"], value.get("dbname"))
        check.expect("password is there", True, bool(value.get("password")))
        described = check.ask(cloud["secretsmanager"], "describe_secret", SecretId=arn)
        check.expect("Name", f"db-master-password-{stack.suffix}", described["Name"])


@pytest.mark.control("password-generated")
@pytest.mark.requirement("REQ-SEC-3")
def test_password_has_32_characters(
    stack: Deployed, cloud: Cloud, exact: Exact, prove: Prove, recorder: Recorder
) -> None:
    with prove(type="secretsmanager:secret", arn=stack.output("db_secret_arn")) as check:
        password = str(database_secret(check, stack, cloud, recorder).get("password", ""))
        check.expect("length", exact.password_length, len(password))
        check.expect("characters RDS refuses", 0, len(set(password) & FORBIDDEN))
        kinds = [string.ascii_lowercase, string.ascii_uppercase, string.digits]
        missing = [k[0] for k in kinds if not set(password) & set(k)]
        check.expect("kinds of characters missing", [], missing)


@pytest.mark.control("secret-customer-key")
@pytest.mark.requirement("REQ-SEC-2")
def test_encrypted_with_its_key(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    wanted = key_id(stack.output("secrets_kms_key_id"))
    for secret in stack.of("aws:secretsmanager/secret:Secret"):
        with prove("secret-customer-key", type="secretsmanager:secret", arn=secret.id) as check:
            told = check.ask(cloud["secretsmanager"], "describe_secret", SecretId=secret.id)
            check.keep({k: told.get(k) for k in ("Name", "KmsKeyId")})
            check.expect("KmsKeyId", wanted, key_id(told.get("KmsKeyId", "none")))
            check.expect("DeletedDate", None, told.get("DeletedDate"))


@pytest.mark.control("secret-policy-closed")
@pytest.mark.control("foreign-accounts")
@pytest.mark.control("secret-policy-restrictive")
@pytest.mark.requirement("REQ-SEC-2")
def test_no_stranger_may_read_a_secret(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    for secret in stack.of("aws:secretsmanager/secret:Secret"):
        for control, judge in (
            ("secret-policy-closed", open_to_all),
            ("foreign-accounts", foreign),
        ):
            with prove(control, type="secretsmanager:secret", arn=secret.id) as check:
                policy = policy_of(check, cloud, secret.id)
                check.expect("let in", [], judge(policy, cloud.account))
        with prove(
            "secret-policy-restrictive", type="secretsmanager:secret", arn=secret.id
        ) as check:
            if stack.name != "prod":
                check.does_not_apply("asked of production only")
                continue
            denied = [
                s
                for s in statements(policy_of(check, cloud, secret.id), "Deny")
                if "*" in principals(s) and "aws:PrincipalArn" in json.dumps(s.get("Condition"))
            ]
            check.expect("denies all but the named readers", True, bool(denied))


def policy_of(check: Check, cloud: Cloud, secret: str) -> str | None:
    told = check.ask(cloud["secretsmanager"], "get_resource_policy", SecretId=secret)
    return told.get("ResourcePolicy") or None


def spellings(secret: str) -> set[bytes]:
    """The ways in which a value may stand in a file."""
    escaped = json.dumps(secret)[1:-1]
    return {
        secret.encode(),
        escaped.encode(),
        json.dumps(escaped)[1:-1].encode(),
        base64.b64encode(secret.encode()).rstrip(b"="),
        urllib.parse.quote(secret, safe="").encode(),
        urllib.parse.quote_plus(secret).encode(),
    }


def artefacts(root: Path) -> Iterator[Path]:
    """Every file that runs left behind in the checkout."""
    for name in ARTEFACTS:
        for place, folders, names in os.walk(root / name):
            here = Path(place)
            folders[:] = sorted(f for f in folders if not programs(here / f))
            for file in map(here.joinpath, sorted(names)):
                if file.is_file() and file.stat().st_size < TOO_LARGE:
                    yield file


def programs(folder: Path) -> bool:
    """Whether installed programs are in it, not results: the engine's plugins, and the packages of
    a virtual environment (`make prowler` installs 144,000 files into one).
    """
    if folder.name == "plugins":
        return True
    place = folder.parents[2]  # PLACE/lib/python3.11/site-packages
    return folder.name == "site-packages" and (place / "pyvenv.cfg").is_file()


def found_in(secrets: list[str], root: Path) -> tuple[int, list[str]]:
    """How many files were searched, and those that hold one of the values in any spelling."""
    needles = {n for s in secrets for n in spellings(s)}
    hits, count = [], 0
    for file in artefacts(root):
        count += 1
        content = file.read_bytes()
        if any(n in content for n in needles):
            hits.append(str(file.relative_to(root)))
    return count, hits


@pytest.mark.requirement("REQ-SEC-3")
def test_no_secret_stands_in_clear_in_any_artefact(
    stack: Deployed, cloud: Cloud, prove: Prove, recorder: Recorder
) -> None:
    """State, events, plans, traces, logs, reports and evidence of every run of this checkout."""
    with prove(type="files", name=", ".join(ARTEFACTS)) as check:
        values: list[str] = []
        for secret in stack.of("aws:secretsmanager/secret:Secret"):
            answer = cloud["secretsmanager"].get_secret_value(SecretId=secret.id)
            parts = json.loads(answer["SecretString"])
            values += [str(v) for k, v in parts.items() if k in ("password", "auth_token")]
            recorder.forget(*values, answer["SecretString"])
            check.saw("secretsmanager", "GetSecretValue", {"SecretId": secret.id}, answer)
        assert values, "no secret of the stack holds a password: nothing was searched for"
        count, hits = found_in(values, stack.root)
        check.examined(files=count, secrets=len(values))
        check.expect("files with a secret in clear", [], hits)


def test_the_search_finds_a_planted_secret(tmp_path: Path) -> None:
    """The search above is awake: it finds a value in every spelling."""
    planted = 'Zx"9+y/Planted Secret'
    for i, spelling in enumerate(sorted(spellings(planted))):
        folder = tmp_path / str(i) / "reports" / "run"
        folder.mkdir(parents=True)
        (folder / "events.jsonl").write_bytes(b'{"a": "' + spelling + b'"}')
        assert found_in([planted], tmp_path / str(i)) == (1, ["reports/run/events.jsonl"])


def test_the_search_leaves_out_installed_packages_and_nothing_else(tmp_path: Path) -> None:
    """A folder is one of packages by the virtual environment around it, not by its name."""
    for name in ("venv/lib/python3.11/site-packages/p.py", "home/plugins/aws/p.py", "venv/bin/p.py",
                 "other/lib/python3.11/site-packages/p.py"):  # fmt: skip
        file = tmp_path / ".state" / name
        file.parent.mkdir(parents=True)
        file.write_text("Planted Secret")
    (tmp_path / ".state" / "venv" / "pyvenv.cfg").write_text("")
    _, hits = found_in(["Planted Secret"], tmp_path)
    assert hits == [".state/other/lib/python3.11/site-packages/p.py", ".state/venv/bin/p.py"]
