"""The table at the end of a run, no wider than the terminal."""

from __future__ import annotations

from evidence.model import ControlResult, Evidence, Outcome, Problem, Verdict

from . import words
from .escape import fit, line, pad, width

GREEN, RED, YELLOW, DIM, BOLD, END = (
    "\x1b[32m",
    "\x1b[31m",
    "\x1b[33m",
    "\x1b[2m",
    "\x1b[1m",
    "\x1b[0m",
)
COLOURS = {
    Verdict.PASSED: GREEN,
    Verdict.FAILED: RED,
    Verdict.ERROR: RED,
    Verdict.NOT_EVALUATED: YELLOW,
    Verdict.WAIVED: YELLOW,
    Verdict.NOT_APPLICABLE: DIM,
    Verdict.OFF: DIM,
}
MOST_PROBLEMS = 20
LONGEST = 2_000  # columns of a problem; the report has the whole text


def render(evidence: Evidence, columns: int = 80, colour: bool = False) -> str:
    """The controls with verdict and number of subjects, then what keeps the gate shut."""
    columns = max(columns, 30)
    paint = _Paint(colour)
    run = evidence.run
    head = f"stack {run.stack}, profile {run.profile or 'unknown'}, {words.PROOFS[run.stage]}"
    if run.assurance.value == "emulated":
        head += ", EMULATED: no evidence about AWS"
    lines = ["", paint(BOLD, fit(line(head), columns))]
    lines += _table(evidence.controls, columns, paint)
    lines += ["", fit(words.counts(evidence), columns)]
    if awake := words.awake(evidence):
        lines.append(fit(awake, columns))
    if evidence.outside:
        text = f"outside the stack, seen by no policy: {len(evidence.outside)}"
        names = ", ".join(sorted(s.name for s in evidence.outside))
        lines.append(fit(line(f"{text} ({names})"), columns))
    if judge := words.judge(evidence):
        lines += _wrapped(fit(line(judge), LONGEST), columns)
    lines += _notes(evidence.notes, columns)
    lines += _problems(evidence.problems, columns)
    colour_of = GREEN if run.outcome is Outcome.PASSED else RED
    verdict = f"verdict: {words.outcome(evidence)} (exit {run.outcome.exit_code})"
    lines.append(paint(colour_of, fit(verdict, columns)))
    return "\n".join(lines) + "\n"


def _table(controls: tuple[ControlResult, ...], columns: int, paint: _Paint) -> list[str]:
    subjects = len("subjects")
    wide = max(map(len, (*words.VERDICTS.values(), *(words.verdict(c) for c in controls))))
    longest = max([len("control"), *(width(line(c.id)) for c in controls)])
    names = max(min(longest, columns - wide - subjects - 4), 4)
    rule = "-" * min(names + wide + subjects + 4, columns)
    lines = [f"{pad('control', names)}  {pad('verdict', wide)}  subjects", rule]
    for control in controls:
        verdict = paint(COLOURS[control.verdict], pad(words.verdict(control), wide))
        count = str(control.subjects).rjust(subjects)
        lines.append(f"{pad(line(control.id), names)}  {verdict}  {count}".rstrip())
        advisory = control.level == "advisory" and control.verdict is not Verdict.PASSED
        if advisory and control.reasons and control.subjects:
            lines.append(fit(f"  advisory: {line(control.reasons[0])}", columns))
    return lines


def _notes(notes: tuple[str, ...], columns: int) -> list[str]:
    """What a reader should know; it keeps no gate shut."""
    return [out for note in notes for out in _wrapped(f"note: {line(note)}", columns)]


def _problems(problems: tuple[Problem, ...], columns: int) -> list[str]:
    if not problems:
        return []
    lines = ["", "what keeps the gate shut:"]
    for problem in problems[:MOST_PROBLEMS]:
        lines += _wrapped(fit(line(problem.text), LONGEST), columns)
    if len(problems) > MOST_PROBLEMS:
        lines.append(f"  and {len(problems) - MOST_PROBLEMS} more; the report has them all")
    return [*lines, ""]


def _wrapped(text: str, columns: int) -> list[str]:
    lines, current = [], "  -"
    for word in text.split(" "):
        if current.strip("- ") and width(current) + 1 + width(word) > columns:
            lines.append(current)
            current = "   "
        current += " " + word
        while width(current) > columns:
            head = fit(current, columns).removesuffix("…")
            lines.append(head)
            current = "    " + current[len(head) :]
    return [*lines, current]


class _Paint:
    def __init__(self, colour: bool):
        self._colour = colour

    def __call__(self, code: str, text: str) -> str:
        return f"{code}{text}{END}" if self._colour else text
