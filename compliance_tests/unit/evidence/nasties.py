"""Text that wants to be more than text, put wherever a name or a message can stand."""

from __future__ import annotations

from dataclasses import replace

from evidence.formats.registry import View
from evidence.judge import Judge, JudgeFailure
from evidence.model import (
    ApiCall,
    Evidence,
    Loss,
    Outcome,
    Problem,
    RequirementResult,
    Resource,
    Stage,
    Subject,
    Verdict,
    Waiver,
    WaiverState,
)

from . import sample

NASTY = {
    "a pipe": "a|b|c",
    "backticks": "``` `code` ``",
    "an image": '<img src=x onerror="alert(1)">',
    "a script": "</script><script>alert(1)</script>",
    "a link": "[x](javascript:alert(1))",
    "a picture": "![x](http://x.test/i.png)",
    "a reference link": "[x][y]",
    "a mention": "@everyone",
    "an issue": "#123 and x/y#9",
    "an expression": "${{ secrets.TOKEN }}",
    "an insertion": "{{ insert: param, x }} {0}",
    "a line break": "line\nbreak\r\n# heading\n| a | b |",
    "a workflow command": "\n::error file=x::y\n",
    "an escape": "\x1b[31mred\x1b]0;title\x07\x9b31m",
    "bidi": "right\u202eleft\u2066\u061c",
    "zero width": "zero\u200bwidth\ufeff\u00ad",
    "NUL": "a\x00b\x0b\x0c",
    "end of CDATA": "]]><x/>&lt;&#0;",
    "an entity": "&lt;b&gt; &#60;",
    "a formula": '=HYPERLINK("http://x.test")',
    "another formula": "+1+cmd|' /C calc'!A0",
    "a third": "-2+3",
    "a fourth": "@SUM(1)",
    "a hidden formula": "\t=1+1",
    "a returned formula": "\r=1+1",
    "a full-width formula": "\uff1d1+1",
    "a quoted formula": '",=1+1,"',
    "a comment's end": "--><b>",
    "html of details": "</details></td></table>",
    "separators": "a\u2028b\u2029c\x85d",
    "wide": "宽" * 300,
    "long": "x" * 70_000,
    "an emoji": "👩‍👩‍👧",
    "no character": "\ufffe\uffff",
}


def everywhere(text: str) -> Evidence:
    """A run that has this text wherever text from outside can stand."""
    made = sample.failing()
    about = Subject(type=text, urn=text, arn=text, name=text)
    call = ApiCall(text, text, {text: text}, text, sample.AT)
    bad = replace(
        made.records[0],
        subject=about,
        message=text,
        reason=text,
        remediation=text,
        observed={text: text},
        expected={text: [text]},
        test=text,
        api=(call,),
    )
    waiver = Waiver(
        id=text,
        control="key-rotation",
        resources=(text,),
        state=WaiverState.ACTIVE,
        reason=text,
        compensating_control=text,
        ticket=text,
        requested_by=text,
        approved_by=text,
        expires_on="2026-12-31",
    )
    excused = replace(bad, verdict=Verdict.WAIVED, waiver=text)
    control = sample.control(
        verdict=Verdict.FAILED,
        reasons=(text,),
        title=text,
        statement=text,
        owner=text,
        remediation=text,
        requirements=(text,),
        population=replace(made.controls[0].population, missing=(text,)),
    )
    return replace(
        made,
        run=sample.run(
            outcome=Outcome.VIOLATIONS,
            stack=text,
            project=text,
            profile=text,
            account=text,
            region=text,
            ci={"url": text, "actor": text},
            tools={"pack": text, text: text},
            changes={text: 1},
        ),
        controls=(control, replace(control, id="other", verdict=Verdict.NOT_EVALUATED)),
        requirements=(RequirementResult(text, text, Verdict.FAILED, ("key-rotation",), (text,)),),
        records=(bad, excused, replace(bad, control="unheard-of")),
        problems=(Problem(Outcome.VIOLATIONS, text), Problem(Outcome.NOT_PROVEN, text)),
        outside=(about,),
        waivers=(waiver,),
        losses=(Loss(text or "x", text, text, text),),
        resources=(Resource(text or "x", text, "create", "", f"{text}:3"),),
        notes=(text,),
        judge=Judge(
            tool=text,
            version=text,
            at=text,
            stack=text,
            account=text,
            checks=2,
            failed=2,
            failures=(
                JudgeFailure(text, text, 1, "choice", text, (text,)),
                JudgeFailure(text, text, 1),
                JudgeFailure(text, text, 1, "agreed", "", (text,)),
                JudgeFailure(text, text, 1, text, text),
            ),
            faults=(text,),
        ),
    )


def view(evidence: Evidence, link: str = "") -> View:
    """A view of this run, and of the same deployed and live."""
    runs = [evidence]
    for number, stage in enumerate((Stage.DEPLOYED, Stage.LIVE), 2):
        run = replace(evidence.run, stage=stage, id=f"{evidence.run.id[:-1]}{number}")
        records = tuple(replace(r, stage=stage) for r in evidence.records)
        runs.append(replace(evidence, run=run, records=records))
    return View(tuple(runs), link=link)
