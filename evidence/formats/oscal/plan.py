"""The assessment plan that the results import: all controls, on all resources of their types."""

from __future__ import annotations

from evidence.formats.registry import View
from evidence.model import Verdict

from .parts import dumped, filled, identity, metadata, token
from .results import plan_id


def render(view: View) -> str:
    """The plan of the stack of the newest run."""
    run = view.run.run
    known = {c.id: c for e in view.runs for c in e.controls}
    asked = [c for c in known.values() if c.verdict is not Verdict.OFF]
    system = identity("system", run.project, run.stack)
    document = filled(
        uuid=plan_id(view),
        metadata=metadata(view, f"Assessment plan of {run.stack}"),
        import_ssp={"href": f"#{system}"},
        reviewed_controls={
            "control-selections": [
                filled(
                    description="Every control of the catalogue that the profile asks for.",
                    include_controls=[{"control-id": token(c.id)} for c in asked],
                )
            ]
        },
        assessment_subjects=[
            {
                "type": "inventory-item",
                "description": "Every resource of the stack; none is sampled.",
                "include-all": {},
            }
        ],
        back_matter={
            "resources": [
                {
                    "uuid": system,
                    "title": "System security plan",
                    "description": "Not kept in OSCAL: the program and its README describe it.",
                    "rlinks": [{"href": "README.md"}],
                }
            ]
        },
    )
    return dumped({"assessment-plan": document})
