"""The auditors' report: whole, the same each time, harmless whatever stands in the evidence."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from compliance_tests.samples import replay, world
from evidence.formats import html
from evidence.formats.html.page import page as page_of
from evidence.formats.registry import LANGUAGES, View
from evidence.model import (
    Assurance,
    Evidence,
    Population,
    Problem,
    Resource,
    Stage,
    Subject,
    Verdict,
    WaiverState,
)
from evidence.model import Outcome as End

from . import sample

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><script>alert(1)</script>",
    "javascript:alert(1)",
    "{{ 7*7 }}{% raw %}",
    "<!-- -->&lt;b&gt;",
    "right\u202eleft\u200b",
    "\x00\x1b[31m\x07",
    "a\nb\r\nc",
]


class Outline(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def ids(self) -> list[str]:
        return [a["id"] or "" for _, a in self.tags if "id" in a]

    @property
    def links(self) -> list[str]:
        return [a["href"] or "" for t, a in self.tags if t == "a"]


def drawn(*runs: Evidence, lang: str = "en", history: tuple[Evidence, ...] = ()) -> str:
    return html.render(View(runs or world.triple(1, 12), history=history, lang=lang))


def poisoned(text: str) -> tuple[Evidence, ...]:
    """Text put wherever evidence comes from outside."""
    made = []
    for evidence in world.triple(1, 3):
        record = replace(
            evidence.records[0],
            subject=Subject(type=text, urn=text, name=text, arn=text),
            observed={text: text, "b": [text]},
            expected={text: text},
            message=text,
            verdict=Verdict.FAILED,
            test=text,
        )
        control = replace(evidence.controls[0], reasons=(text,), remediation=text)
        waiver = replay.waived(control.id, "2026-12-31")(evidence).waivers[0]
        run = evidence.run
        made.append(
            replace(
                evidence,
                run=replace(
                    run,
                    approver=text,
                    ci={"url": text},
                    tools={text: text},
                    account=text,
                    commit=replace(run.commit, author=text, branch=text),
                ),
                records=(record,),
                controls=(control, *evidence.controls[1:]),
                problems=(Problem(End.VIOLATIONS, text),),
                outside=(Subject(urn=text, name=text, type=text),),
                notes=(text,),
                waivers=(replace(waiver, reason=text, ticket=text, resources=(text,)),),
                resources=(
                    Resource(text, "aws:ec2/vpc:Vpc", facts={"name": text, "cidrBlock": text}),
                ),
            )
        )
    return tuple(made)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    """The page has the same elements, and no attribute that runs anything, whatever the names."""
    plain, bad = (Outline(drawn(*poisoned(t))) for t in ("harmless", text))
    assert [t for t, _ in bad.tags] == [t for t, _ in plain.tags]
    assert [sorted(a) for _, a in bad.tags] == [sorted(a) for _, a in plain.tags]
    assert not any(link.lower().startswith("javascript:") for link in bad.links)
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e\u200b]", "".join(bad.texts))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_needs_no_script_and_no_network(lang: str) -> None:
    page = Outline(drawn(lang=lang))
    assert not {"script", "iframe", "object", "link", "img", "form"} & {t for t, _ in page.tags}
    outside = [
        x for x in page.links if not re.fullmatch(r"#[\w-]+|SANDBOX-[\w-]+\.evidence\.json", x)
    ]
    assert outside == []
    assert not any(k.startswith("on") or k == "src" for _, a in page.tags for k in a)
    assert "url(" not in drawn(lang=lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_link_leads_somewhere_and_every_id_is_one(lang: str) -> None:
    page = Outline(drawn(lang=lang))
    assert len(page.ids) == len(set(page.ids))
    assert {x[1:] for x in page.links if x.startswith("#")} <= set(page.ids)
    assert dict(page.tags[0][1])["lang"] == lang


@pytest.mark.parametrize(("lang", "word"), [("en", "EMULATED"), ("pt-BR", "EMULADO")])
def test_an_emulated_run_says_so_at_every_heading_and_on_every_printed_page(
    lang: str, word: str
) -> None:
    text = drawn(lang=lang)
    headings = re.findall(r"<h2.*?</h2>", text, re.S)
    assert len(headings) == 12
    assert all(word in h for h in headings)
    assert re.search(rf"<title>{word}", text)
    assert re.search(rf'@top-center {{ content: "{word}', text)


def test_a_live_run_is_never_called_emulated() -> None:
    runs = [
        replace(
            e,
            run=replace(e.run, assurance=Assurance.LIVE),
            records=tuple(replace(r, assurance=Assurance.LIVE, echo=False) for r in e.records),
        )
        for e in world.triple(1)
    ]
    text = re.sub(r"<style>.*?</style>", "", drawn(*runs), flags=re.S).replace("gap.emul", "")
    assert "emulated" not in text.lower()


def test_the_same_evidence_gives_the_same_bytes_in_another_process() -> None:
    code = (
        "import hashlib;from compliance_tests.samples import world;"
        "from evidence.formats import html;"
        "from evidence.formats.registry import View;"
        "print(hashlib.sha256(html.render(View(world.triple(1, 9))).encode()).hexdigest())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=world.ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "America/Sao_Paulo"},
        capture_output=True,
        text=True,
        check=True,
    )
    ours = hashlib.sha256(html.render(View(world.triple(1, 9))).encode()).hexdigest()
    assert done.stdout.strip() == ours


@pytest.mark.parametrize("count", [1, 2])
def test_a_stage_without_evidence_is_named(count: int) -> None:
    text = drawn(*world.triple(1)[:count])
    assert text.count("There is no evidence of this stage") == 3 - count
    assert text.count("No evidence of this stage") == 3 - count


def test_old_evidence_without_register_or_resources_is_drawn() -> None:
    text = drawn(sample.failing())
    assert "older than this report" in text
    assert "keeps no resources" in text
    assert "enable_key_rotation=True" in text


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_verdict_and_waiver_state_has_its_words(verdict: Verdict, lang: str) -> None:
    control = world.known().controls[0].id
    planned = replay.verdict(control, verdict, "x")(world.triple(1, 1)[0])
    found = [replay.waived(control, "2026-12-31", s)(planned).waivers[0] for s in WaiverState]
    each = tuple(replace(w, id=w.state.value) for w in found)
    assert drawn(replace(planned, waivers=each), lang=lang).count('class="waiver"') == 5


@pytest.mark.parametrize("outcome", End)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_outcome_has_its_words(outcome: End, lang: str) -> None:
    planned = world.triple(1, 1)[0]
    assert drawn(replace(planned, run=replace(planned.run, outcome=outcome)), lang=lang)


def test_what_is_wrong_comes_first_and_what_is_left_out_is_counted() -> None:
    planned, deployed, live = world.triple(60, 2)
    first = planned.controls[0].id
    last = [r for r in planned.records if r.control == first][-1]
    bad = replace(last, verdict=Verdict.FAILED, message="this one is wrong")
    records = tuple(bad if r is last else r for r in planned.records)
    text = drawn(replace(planned, records=records), deployed, live)
    section = re.search(rf'id="control-{first}".*?</article>', text, re.S)
    assert section is not None
    assert section[0].index("this one is wrong") < section[0].index("and 35 more resources")


def test_a_gap_that_no_answer_can_fill_is_no_open_item() -> None:
    planned, deployed, live = world.triple(1, 1)
    gone = replace(
        live.controls[0], verdict=Verdict.NOT_EVALUATED, gap="preview only", reasons=("x",)
    )
    page = page_of(View((planned, deployed, replace(live, controls=(gone,)))))
    assert page.open == ()
    assert page.controls[0].verdict is Verdict.PASSED
    really = replace(gone, gap="")
    page = page_of(View((planned, deployed, replace(live, controls=(really,)))))
    assert [c.id for c in page.open] == [gone.id]


def test_the_digest_is_that_of_the_file_and_not_one_of_our_own() -> None:
    runs = world.triple(1, 1)
    files = {e.run.id: "sha256:" + str(n) * 64 for n, e in enumerate(runs)}
    text = html.render(View(runs, files=files))
    assert all(digest in text for digest in files.values())


def test_the_pictures_hold_what_the_resources_say() -> None:
    head = "urn:pulumi:x::y::"
    vpc = Resource(f"{head}v", "aws:ec2/vpc:Vpc", facts={"cidrBlock": "10.1.0.0/16", "Name": "net"})
    inside = {"refers": {"vpcId": [vpc.urn]}, "availabilityZone": "sa-east-1a"}
    subnets = [
        Resource(
            f"{head}s{n}", "aws:ec2/subnet:Subnet", facts={**inside, "cidrBlock": f"10.1.{n}.0/24"}
        )
        for n in (1, 2)
    ]
    table = Resource(
        f"{head}t", "aws:ec2/routeTable:RouteTable", facts={"routes": [{"cidrBlock": "0.0.0.0/0"}]}
    )
    joined = Resource(
        f"{head}a",
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        facts={"refers": {"subnetId": [subnets[0].urn], "routeTableId": [table.urn]}},
    )
    key = Resource(f"{head}k", "aws:kms/key:Key", facts={"Name": "the-key"})
    stream = Resource(
        f"{head}st",
        "aws:kinesis/stream:Stream",
        facts={"name": "st", "refers": {"kmsKeyId": [key.urn]}},
    )
    loose = Resource(f"{head}lo", "aws:sqs/queue:Queue", facts={"name": "lo", "kmsKeyId": "arn:x"})
    planned = replace(
        world.triple(1, 1)[0], resources=(vpc, *subnets, table, joined, key, stream, loose)
    )
    page = page_of(View((planned,)))
    (net,) = page.networks
    assert [s.public for s in net.subnets] == [True, False]
    assert [(x.store, x.key) for x in page.keys.stores] == [("st", 0), ("lo", -1)]
    assert "no key of this stack" in html.render(View((planned,)))


@pytest.mark.parametrize("stage", Stage)
def test_the_summary_says_what_changed_since_the_run_before(stage: Stage) -> None:
    runs = {e.run.stage: e for e in world.triple(1, 2)}
    later = replay.at(runs[stage], replay.BEGAN, "later")
    before = replay.at(runs[stage], replay.BEGAN - timedelta(days=1), "before")
    control = later.controls[0].id
    bad = replay.verdict(control, Verdict.FAILED, "x")(later)
    page = page_of(View((bad,), history=(before, bad)))
    assert [c.kind.value for d in page.diffs for c in d.changes] == ["new failure"]
    assert page.controls[0].changes


@pytest.mark.parametrize(("missing", "says"), [(0, "100 % examined"), (1, "99 % examined")])
def test_it_says_how_much_was_examined(missing: int, says: str) -> None:
    due = tuple(f"urn:{n}" for n in range(150))
    population = Population(due, due[missing:], due[:missing])
    *others, live = world.triple(1, 3)
    live = replace(live, run=replace(live.run, finished_at="2099-01-01T00:00:00.000Z"))
    controls = [replace(c, population=Population()) for c in live.controls]
    controls[0] = replace(controls[0], population=population)
    text = drawn(*others, replace(live, controls=tuple(controls)))
    assert f"{says}, no sampling: {150 - missing} of the 150 decisions" in text
    assert "every page of their answers" in text
    assert "every page of their answers" not in drawn(*others)
