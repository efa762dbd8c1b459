"""`python -m gate approve`: an approver signs what may be done with a stack."""

from __future__ import annotations

from pathlib import Path

from evidence.formats import words
from evidence.store import write_atomically

from . import approval, binding, changes, console, signed
from .errors import GateError
from .paths import Paths


def approve(
    paths: Paths, *, key: Path, verdict: str, destroy: str, losses: str, minutes: int, out: str
) -> int:
    """Sign an approval; 0 when it is written.

    Args:
        paths: the stack's files.
        key: the approver's private key.
        verdict: digest of the verdict to deploy; that of the last preview here when left out.
        destroy: digest of the state to destroy, as `gate destroy` printed it, instead.
        losses: digest of what goes for good, as `gate up` or `gate destroy` printed it.
        minutes: how long the approval holds.
        out: where to write it; by default where `gate up` looks for it.

    Raises:
        GateError: the key is no approver's, or the losses are not the verdict's.
    """
    action, digest = ("destroy", destroy) if destroy else ("deploy", verdict)
    if not digest:
        ticket = binding.read(paths)
        digest = ticket.verdict
        run, wanted = ticket.run, changes.digest(ticket.losses)
        console.show(f"{run.stack}: {words.OUTCOMES[run.outcome]}, commit {run.commit.id[:12]}\n")
        for line in changes.told(ticket.losses):
            console.show(f"goes for good: {line}\n")
        if losses != wanted:
            text = "this plan takes away nothing; leave --losses out"
            if wanted:
                text = (
                    f"this plan takes away what is named above: approve it with --losses {wanted}"
                )
            raise GateError(text)
    request = approval.Request(paths.stack, digest, action, "", root=paths.root)
    content = signed.make(request, losses, key, minutes)
    target = Path(out) if out else paths.approval
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, content)
    except OSError as e:
        raise GateError(f"{target.name} cannot be written ({e.strerror}); choose another") from None
    console.show(f"approved for {minutes} minutes: {digest}\n")
    console.show(f"approval: {paths.shown(target)}\n")
    return 0
