"""One control on one resource: the decision, whatever the check does.

Nothing a check does escapes: an unknown value, a value of the wrong kind and a crash become
findings, so that a control which could not decide keeps the gate shut like one that said no.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from .control import Control, Finding, NotASubject, Settings, Verdict
from .decode import OUTPUT, SECRET
from .resources import Resource, Stack
from .values import (
    SECRET_PROPERTIES,
    Malformed,
    SecretText,
    Undecided,
    Value,
    fingerprint,
    printable,
)

#: From harmless to worst; what a scenario or a summary of several decisions amounts to.
ORDER = (
    Verdict.NOT_APPLICABLE,
    Verdict.PASSED,
    Verdict.NOT_EVALUATED,
    Verdict.ERROR,
    Verdict.FAILED,
)
ALL_CUSTOM = "*"
NO_SUBJECT = "the stack has no such resource"
NO_TYPE = "not of its types"
BROKE = "the control itself broke"


class Decision(NamedTuple):
    """What became of one control on one subject, with what it saw."""

    control: Control
    subject: Resource
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    reason: str = ""  # why the control does not apply
    by: str = "value"  # "graph" when a governed value is unknown and the dependencies decided

    @property
    def observed(self) -> dict[str, str]:
        """The governed properties as they were, printable; never a secret's value."""
        if self.verdict is Verdict.NOT_APPLICABLE:
            return {}
        return {key: _observed(self.subject, key) for key in self.control.properties}

    @property
    def messages(self) -> tuple[str, ...]:
        """One line for each finding, as the engine prints it; never a secret's value."""
        if not self.findings:
            return ()
        hidden = sorted(_secrets(self.subject), key=len, reverse=True)
        return tuple(_message(self.control, self.subject.type, f, hidden) for f in self.findings)


def is_subject(control: Control, resource: Resource) -> bool:
    """True when the control speaks about resources of this kind, by its declared types."""
    if resource.type in control.subjects:
        return True
    return ALL_CUSTOM in control.subjects and resource.is_governed


def decide(
    control: Control, resource: Resource, settings: Settings, stack: Stack | None = None
) -> Decision:
    """Decide `control` on `resource`. `stack` is needed by a stack control. Never raises."""
    if not is_subject(control, resource):
        return Decision(control, resource, Verdict.NOT_APPLICABLE, reason=NO_TYPE)
    return judge(control, resource, settings, stack)


def judge(
    control: Control, resource: Resource, settings: Settings, stack: Stack | None = None
) -> Decision:
    """The same for what is known to be a subject of the control."""
    findings: list[Finding] = []
    crashed = False
    if stack is not None:
        stack.used_graph = False
    try:
        if (check := control.check) is not None:
            told = check(resource, settings)
        elif stack is not None and (stack_check := control.stack_check) is not None:
            told = stack_check(resource, stack, settings)
        else:
            raise TypeError("a stack control needs the stack")  # noqa: TRY301 (as a check may)
        for finding in told or ():
            findings.append(_checked(finding))  # noqa: PERF401 (what comes before a raise stays)
    except NotASubject as reason:
        if not findings:
            return Decision(control, resource, Verdict.NOT_APPLICABLE, reason=str(reason))
    except Undecided as unknown:
        findings.append(Finding(str(unknown), property=unknown.path, undecided=True))
    except Malformed as wrong:
        findings.append(Finding(str(wrong), property=wrong.path))
    except KeyboardInterrupt:
        raise
    except BaseException as crash:  # noqa: BLE001 (whatever it is, it must not open the gate)
        crashed = True
        findings.append(Finding(_crash(crash)))
    by = "graph" if stack is not None and stack.used_graph else "value"
    if not findings:
        return Decision(control, resource, Verdict.PASSED, (), "", by)
    return Decision(control, resource, _verdict(findings, crashed), tuple(findings), "", by)


def look(controls: Iterable[Control], stack: Stack, content: bytes) -> None:
    """Let the controls look through the stack's serialized AnalyzeStackRequest. Never raises."""
    for control in controls:
        if control.stack_look is not None and content:
            with suppress(Exception):  # what was not seen, the check finds out by itself
                control.stack_look(stack, content)


def decide_stack(control: Control, stack: Stack, settings: Settings) -> list[Decision]:
    """A stack control on each of its subjects."""
    found = subjects(control, stack)
    suspects = None
    if control.stack_suspects is not None:
        stack.used_graph = False
        try:
            suspects = control.stack_suspects(stack, settings)
        except KeyboardInterrupt:
            raise
        except BaseException:  # noqa: BLE001 (what kept it from telling, the check reports)
            suspects = None
    if suspects is None:
        return [judge(control, r, settings, stack) for r in found]
    by = "graph" if stack.used_graph else "value"
    return [
        judge(control, r, settings, stack)
        if id(r) in suspects
        else Decision(control, r, Verdict.PASSED, (), "", by)
        for r in found
    ]


def subjects(control: Control, stack: Stack) -> Sequence[Resource]:
    """The resources of the stack that the control speaks about, in the stack's order."""
    if control.subjects == (ALL_CUSTOM,):
        return stack.governed
    if ALL_CUSTOM in control.subjects:
        return [r for r in stack.resources if is_subject(control, r)]
    return stack.of(*control.subjects)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of several verdicts; not applicable when there is none."""
    return max(verdicts, key=ORDER.index, default=Verdict.NOT_APPLICABLE)


def broken(control: Control, resource: Resource, crash: BaseException) -> Decision:
    """The decision when the resource itself could not be read."""
    return Decision(control, resource, Verdict.ERROR, (Finding(_crash(crash)),))


def _checked(finding: object) -> Finding:
    if not isinstance(finding, Finding):
        raise TypeError(f"a check yields Finding, not {type(finding).__name__}")
    return finding


def _verdict(findings: list[Finding], crashed: bool) -> Verdict:
    said = findings[:-1] if crashed else findings
    if any(not f.undecided for f in said):
        return Verdict.FAILED
    if crashed:
        return Verdict.ERROR
    return Verdict.NOT_EVALUATED


def _crash(crash: BaseException) -> str:
    """Where a control broke. Not the exception's text, which may quote a secret."""
    frames = traceback.extract_tb(crash.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{BROKE} ({type(crash).__name__}{where})"


def _message(control: Control, type_: str, finding: Finding, hidden: list[str]) -> str:
    if finding.message.startswith(BROKE):
        text = f"[error] {finding.message}. Report it to the pack's maintainers"
    else:
        mark = "[undecided] " if finding.undecided else ""
        fix = control.remedy(type_, finding)
        text = f"{mark}{finding.message.rstrip('. ')}. Write: {fix}"
    for secret in hidden:
        text = text.replace(secret, "(secret)")
    return printable(text)


def _observed(resource: Resource, path: str) -> str:
    key, *rest = path.split(".")
    if key in SECRET_PROPERTIES:
        return "(secret)"
    value = resource.props.raw(key)
    for step in rest:
        if step in SECRET_PROPERTIES:
            return "(secret)"
        value = value.get(step) if isinstance(value, Mapping) else value
    return fingerprint(value)


#: Without any of these among the bytes of a resource there is no secret in it: the signatures
#: by which the engine marks values, and the names of properties that are secret anyway, as the key
#: of a field stands in a Struct (its tag, its length, itself, the tag of the value).
_MARKS = (
    SECRET.encode(),
    OUTPUT.encode(),
    *(b"\n%c%s\x12" % (len(key), key.encode()) for key in sorted(SECRET_PROPERTIES)),
)


def _secrets(resource: Resource) -> set[str]:
    """Texts long enough to be told apart that no message may hold."""
    content = resource.props.content()
    if content is not None and not any(mark in content for mark in _MARKS):
        return set()
    keys = resource.props.keys()
    values = ((k, resource.props.raw(k)) for k in keys)
    return {s for k, v in values for s in _secret_texts(v, k in SECRET_PROPERTIES) if len(s) > 5}


def _secret_texts(value: Value, secret: bool) -> Iterator[str]:
    if isinstance(value, str):
        if secret or isinstance(value, SecretText):
            yield str.__str__(value) if not isinstance(value, SecretText) else value.reveal()
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _secret_texts(item, secret or key in SECRET_PROPERTIES)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _secret_texts(item, secret)
