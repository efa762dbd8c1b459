"""The approval of production: a named person who wrote none of what is deployed.

Who that is must be shown by something that the one who runs the gate cannot write: a signature of
the person's own key, or the repository host's account of who approved the environment. The name in
GITHUB_ACTOR is only that of whoever started the job.
"""

from __future__ import annotations

from evidence.model import Approval

from . import approval, github, header, people, signed, trust


def ask(request: approval.Request) -> approval.Answer:
    """The approval, or what is missing of it."""
    known = trust.load(request.root).approvers
    if not known:
        text = f"{trust.NAME} names no approver; production needs one who wrote none of the commit"
        return approval.Answer(missing=text)
    if header.commit(request.root).dirty:
        text = "the checkout holds changes that are not committed: production deploys a commit"
        return approval.Answer(missing=f"{text}; commit them and preview it again")
    if unseen := people.overlooked(request.root):
        text = f"git overlooks {unseen[0]} (ignored, assume-unchanged or skip-worktree)"
        return approval.Answer(missing=f"{text}, so it need not be what was committed; undo that")
    wrote = people.authors(request.root)
    if wrote.unknown:
        text = f"who wrote the commit is not known ({wrote.unknown})"
        return approval.Answer(missing=f"{text}, so nobody can be told from its author")
    file = approval.named() or request.file
    asked = signed.ask if file.exists() or not github.running() else github.ask
    answer = asked(request)
    if answer.approval is not None and _mail(answer.approval) in wrote.mailboxes:
        text = f"{answer.approval.by} wrote the commit and cannot approve it"
        return approval.Answer(missing=f"{text}; another approver of {trust.NAME} must")
    return answer


def _mail(given: Approval) -> str:
    return people.mailbox(given.by)
