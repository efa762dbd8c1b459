"""The generated passwords in clear, where everybody who reads the state sees them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from core import Props, SecretText, Value

from .mutants import Mutant
from .views import View, changed, values

PASSWORD = "random:index/randomPassword:RandomPassword"


def leaks(view: View) -> Iterator[Mutant]:
    """Before they are made, nobody knows the passwords; then they leak in three ways."""
    for name in ("database-password", "cache-token"):
        urn = view.named(PASSWORD, name)
        text = view.outputs(urn).props.raw("result")
        if not isinstance(text, str):
            continue
        plain = text.reveal() if isinstance(text, SecretText) else text
        root = next(r for r in view.stack if r.type == "pulumi:pulumi:Stack")
        for what, shown in (("an output", plain), ("a list in an output", [f"x {plain}"])):
            found: Mapping[str, Value] = {**values(root.props), "leak": shown}
            stack = tuple(replace(r, props=Props(found)) if r is root else r for r in view.stack)
            yield Mutant(
                f"{view.name} {name} in clear in {what}",
                replace(view, stack=stack),
                (),
                "password-generated",
            )
        stream = view.named("aws:kinesis/stream:Stream")
        tags: Value = {**_tags(view, stream), "Note": plain}
        yield Mutant(
            f"{view.name} {name} in clear in a tag",
            view.with_resource(
                changed(view.inputs[stream], "tags", tags),
                changed(view.outputs(stream), "tags", tags),
            ),
            (stream,),
            "password-generated",
        )


def _tags(view: View, urn: str) -> Mapping[str, Value]:
    found = view.inputs[urn].props.raw("tags")
    return found if isinstance(found, Mapping) else {}
