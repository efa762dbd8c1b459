"""The deployed stack, the cloud, and the recorder that keeps what each test saw."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass

import pytest

from compliance_tests.engine.checkout import checkout
from evidence.live import FILE, Check, Recorder
from evidence.model import Assurance, Subject

from .exact import Exact
from .exact import exact as exact_values
from .stack import SANDBOX, Cloud, Deployed, NotDeployedError, environment, read

#: The record of a test that proves a requirement and no control of the pack.
CONFORMANCE = "conformance"
FAILURES = pytest.StashKey[list[Exception]]()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """The deployed stack; without one, every test fails with the line that says what to run.

    Where the sandbox has nothing deployed and nobody asked for a verification (`make verify` names
    a file for its evidence), a copy of the product deploys it on a sandbox of its own for as long
    as the tests run: `make test` needs no `make up`, and touches nothing of the user's.
    """
    name = os.environ.get("STACK") or SANDBOX
    with ExitStack() as leave:
        try:
            environ = environment(name)
            try:
                found = read(name, environ)
            except NotDeployedError:
                if name != SANDBOX or os.environ.get(FILE):
                    raise
                copy = leave.enter_context(checkout(tmp_path_factory.mktemp("deployed")))
                ran = copy.python("-m", "gate", "up", "--no-live-proof")
                assert ran.code == 0, ran.text
                environ = copy.environ
                found = read(name, environ, copy.root)
        except NotDeployedError as missing:
            pytest.fail(str(missing), pytrace=False)
        patch = leave.enter_context(pytest.MonkeyPatch.context())
        for gone in set(os.environ) - set(environ):
            patch.delenv(gone)
        for key, value in environ.items():
            patch.setenv(key, value)
        yield found


@pytest.fixture(scope="session")
def exact(stack: Deployed) -> Exact:
    """The exact values that this stack must have."""
    return exact_values(stack.name)


@pytest.fixture(scope="session")
def cloud(stack: Deployed) -> Cloud:
    """Clients for the account the stack lives in."""
    return Cloud(stack.region, emulated=bool(os.environ.get("AWS_ENDPOINT_URL")))


@pytest.fixture(scope="session")
def recorder(stack: Deployed) -> Recorder:
    """Writes the records of this run."""
    return Recorder.from_environment()


@dataclass(frozen=True)
class Prover:
    """Opens a record for the control and the requirements that the test is marked with.

    A record that comes out red does not end the test: the controls after it are examined too, and
    the test fails when it is over.
    """

    recorder: Recorder
    controls: tuple[str, ...]
    requirements: tuple[str, ...]
    failures: list[Exception]

    @contextmanager
    def __call__(
        self,
        control: str = "",
        *,
        arn: str = "",
        name: str = "",
        urn: str = "",
        type: str = "",  # noqa: A002
        acts: bool = False,
    ) -> Iterator[Check]:
        """Where a test has several marks, `control` chooses; the subject is what is examined.

        On the sandbox a record is an echo: the emulator gives back what it was told. `acts` says
        that it had to work out itself what is examined here (shards that open, nodes in zones).
        """
        if control and control not in self.controls:
            pytest.fail(f"the test is not marked with control({control!r})", pytrace=False)
        if not control and len(self.controls) > 1:
            pytest.fail("the test proves several controls: say which one", pytrace=False)
        chosen = control or next(iter(self.controls), CONFORMANCE)
        subject = Subject(type=type, arn=arn, name=name, urn=urn)
        try:
            with self.recorder.check(chosen, *self.requirements, subject=subject) as check:
                check.echo = self.recorder.assurance is Assurance.EMULATED and not acts
                yield check
                if chosen == CONFORMANCE:  # of these, the gate prints the message alone
                    check.breaches = [f"{arn or name}: {b}" for b in check.breaches]
        except Exception as e:  # noqa: BLE001 - recorded; raised again at the end of the test
            self.failures.append(e)


Prove = Callable[..., AbstractContextManager[Check]]


@pytest.fixture
def prove(request: pytest.FixtureRequest, recorder: Recorder) -> Prover:
    """The opener of records for the controls and requirements the test is marked with."""
    node: pytest.Item = request.node
    controls = tuple(str(m.args[0]) for m in node.iter_markers("control"))
    requirements = tuple(str(m.args[0]) for m in node.iter_markers("requirement"))
    if not controls and not requirements:
        pytest.fail("mark the test with the control or the requirement it proves", pytrace=False)
    # markers come nearest first, which is the last written; the first written is the one meant
    return Prover(recorder, controls[::-1], requirements[::-1], node.stash.setdefault(FAILURES, []))


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """A test with a red record is red, once all of its records are written."""
    result = yield
    failures = pyfuncitem.stash.get(FAILURES, [])
    if len(failures) == 1:
        raise failures[0]
    if failures:
        raise ExceptionGroup("several records are red", failures)
    return result
