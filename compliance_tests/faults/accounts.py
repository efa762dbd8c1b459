"""A real stack (dev, prod) is reached wrongly. AWS itself is played on loopback: stand_in.py."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from compliance_tests.engine.checkout import Ran, run

from .fault import Table
from .place import Place
from .stand_in import ERROR, IDENTITY, PORTAL, aws

fault = Table("A real stack")
OURS, ANOTHER = "111122223333", "999988887777"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLEEXAMPLE00", "AWS_SECRET_ACCESS_KEY": "made-up"}
NOWHERE = {"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}


@fault(
    "nobody is logged in to a backend",
    3,
    r"^the stack dev cannot be reached .*pulumi login",
    quick=True,
)
def no_login(place: Place) -> Ran:
    with tempfile.TemporaryDirectory() as home:
        return place.gate("preview", "--stack", "dev", PULUMI_HOME=home)


@fault("the stack was never made", 3, r"^the stack dev cannot be reached .*pulumi stack init dev")
def no_stack(place: Place) -> Ran:
    with real(place, made=False) as env:
        return place.gate("preview", "--stack", "dev", **env, **KEYS)


@fault("no credentials", 3, r"^no AWS credentials were found: log in again")
def no_credentials(place: Place) -> Ran:
    with real(place) as env:
        return place.gate("preview", "--stack", "dev", **env)


@fault("expired credentials", 3, r"^the AWS credentials have expired: log in again")
def expired(place: Place) -> Ran:
    with real(place, 403, ERROR.format(code="ExpiredToken")) as env:
        return place.gate("up", "--stack", "dev", **env, **KEYS)


@fault(
    "credentials that AWS does not know",
    3,
    r"^AWS refuses the credentials \(InvalidClientTokenId\)",
)
def unknown(place: Place) -> Ran:
    with real(place, 403, ERROR.format(code="InvalidClientTokenId")) as env:
        return place.gate("destroy", "--stack", "dev", **env, **KEYS)


@fault("credentials of another account", 3, r"^the credentials are of the account 9999.*1111")
def another_account(place: Place) -> Ran:
    with real(place, 200, IDENTITY.format(account=ANOTHER)) as env:
        return place.gate("up", "--stack", "dev", **env, **KEYS)


@fault("no network", 3, r"^AWS cannot be asked who we are .*check the network")
def no_network(place: Place) -> Ran:
    with real(place) as env:
        # nobody listens on the discard port
        closed = {"HTTPS_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
        return place.gate("preview", "--stack", "dev", **{**env, **closed}, **KEYS)


@fault("a wi-fi portal answers for AWS", 3, r"^AWS (cannot be asked|refuses)")
def portal(place: Place) -> Ran:
    with real(place, 200, PORTAL) as env:
        return place.gate("preview", "--stack", "dev", **env, **KEYS)


@fault("a wrong passphrase", 3, r"^the engine stopped before it began: .*passphrase")
def passphrase(place: Place) -> Ran:
    with real(place, 200, IDENTITY.format(account=OURS)) as env:
        wrong = {**env, "PULUMI_CONFIG_PASSPHRASE": "another"}
        return place.gate("preview", "--stack", "dev", **wrong, **KEYS)


@fault("the stack's file names no account", 3, r"^Pulumi\.dev\.yaml does not say in which account")
def no_account(place: Place) -> Ran:
    with real(place, account="SET-THE-12-DIGIT-ACCOUNT-ID") as env:
        return place.gate("preview", "--stack", "dev", **env, **KEYS)


@fault(
    "AWS_ENDPOINT_URL leads to an AWS of somebody's own",
    3,
    r"^AWS_ENDPOINT_URL=.*unset AWS_ENDPOINT_URL",
    quick=True,
)
def endpoint(place: Place) -> Ran:
    return place.gate("preview", "--stack", "dev", AWS_ENDPOINT_URL="http://127.0.0.2:4566", **KEYS)


@fault("a shell that points at the sandbox", 3, r"^this shell points at the sandbox", quick=True)
def sandbox_shell(place: Place) -> Ran:
    return run(
        ["python", "-m", "gate", "preview", "--stack", "prod"],
        place.root,
        {**place.copy.environ, "COLUMNS": "1000"},
    )


@contextmanager
def real(
    place: Place,
    status: int = 500,
    body: str = "",
    *,
    stack: str = "dev",
    account: str = OURS,
    made: bool = True,
) -> Iterator[dict[str, str]]:
    """A stack on a file backend of its own; the environment with which it is reached."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "backend").mkdir()
        own = {
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{folder}/backend?metadata=skip",
            "PULUMI_CONFIG_PASSPHRASE": "right",
            "AWS_EC2_METADATA_DISABLED": "true",
            **NOWHERE,
        }
        settings = place.root / f"Pulumi.{stack}.yaml"
        text = settings.read_text().replace("SET-THE-12-DIGIT-ACCOUNT-ID", account)
        with place.instead(settings, text.encode()), aws(folder, status, body) as way:
            if made:
                path = f"{place.root}/.state/bin:{place.environ()['PATH']}"
                init = ["pulumi", "stack", "init", stack, "--non-interactive"]
                ran = run(init, place.root, place.environ(**own, PATH=path))
                assert ran.code == 0, ran.text
            yield {**own, **way}
