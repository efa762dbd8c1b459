"""The stack's IAM roles: who may take them, and what they may do."""

from __future__ import annotations

from typing import Any

import pytest

from evidence.live import Check

from .conftest import Prove
from .principals import foreign, listed, open_to_all, principals, statements
from .stack import Cloud, Deployed

ROLE = "aws:iam/role:Role"
#: Actions that read or change data; on every resource they are too much for any role here.
HARMLESS_EVERYWHERE = ("Describe", "List", "Get")


def role(check: Check, cloud: Cloud, name: str) -> dict[str, Any]:
    found: dict[str, Any] = check.ask(cloud["iam"], "get_role", RoleName=name)["Role"]
    return found


@pytest.mark.control("role-trust")
@pytest.mark.control("foreign-accounts")
@pytest.mark.requirement("REQ-SG-3")
def test_named_services_alone_may_take_a_role(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    for name in sorted(stack.ids(ROLE)):
        with prove("role-trust", type="iam:role", name=name) as check:
            trust = role(check, cloud, name)["AssumeRolePolicyDocument"]
            check.keep(trust)
            named = sorted({p for s in statements(trust) for p in principals(s)})
            check.expect("principals", "named ones", named, bool(named))
            check.expect("open to everybody", [], open_to_all(trust, cloud.account))
        with prove("foreign-accounts", type="iam:role", name=name) as check:
            trust = role(check, cloud, name)["AssumeRolePolicyDocument"]
            check.expect("principals of other accounts", [], foreign(trust, cloud.account))


@pytest.mark.control("role-least-privilege")
@pytest.mark.requirement("REQ-SG-3")
def test_roles_may_do_little(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    iam = cloud["iam"]
    for name in sorted(stack.ids(ROLE)):
        with prove("role-least-privilege", type="iam:role", name=name) as check:
            inline = check.ask_all(iam, "list_role_policies", RoleName=name)["PolicyNames"]
            check.examined(inline_policies=len(inline))
            wide = []
            for policy in inline:
                told = check.ask(iam, "get_role_policy", RoleName=name, PolicyName=policy)
                check.keep(told["PolicyDocument"])
                wide += [f"{policy}: {w}" for w in too_wide(told["PolicyDocument"])]
            check.expect("statements that allow too much", [], wide)


def too_wide(policy: dict[str, Any]) -> list[str]:
    """Actions of a whole service, all but some, or data actions on every resource."""
    found = []
    for statement in statements(policy):
        if "NotAction" in statement or "NotResource" in statement:
            found.append("all but some")
        everywhere = "*" in listed(statement.get("Resource"))
        for action in listed(statement.get("Action")):
            verb = action.partition(":")[2] or action
            if verb == "*" or (everywhere and not verb.startswith(HARMLESS_EVERYWHERE)):
                found.append(action)
    return found


@pytest.mark.control("role-attachments")
@pytest.mark.requirement("REQ-SG-3")
def test_nothing_unknown_is_attached_to_a_role(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    iam = cloud["iam"]
    known = {str(r.outputs.get("arn")) for r in stack.of("aws:iam/policy:Policy")}
    for name in sorted(stack.ids(ROLE)):
        with prove("role-attachments", type="iam:role", name=name) as check:
            told = check.ask_all(iam, "list_attached_role_policies", RoleName=name)
            arns = {p["PolicyArn"] for p in told["AttachedPolicies"]}
            check.expect("attached, but not of this stack", [], sorted(arns - known))
            inline = set(check.ask_all(iam, "list_role_policies", RoleName=name)["PolicyNames"])
            ours = {
                r.id.partition(":")[2]
                for r in stack.of("aws:iam/rolePolicy:RolePolicy")
                if r.id.startswith(f"{name}:")
            }
            check.expect("inline, but not of this stack", [], sorted(inline - ours))
            profiles = check.ask_all(iam, "list_instance_profiles_for_role", RoleName=name)
            found = [p["InstanceProfileName"] for p in profiles["InstanceProfiles"]]
            check.expect("machines that may take it, by instance profile", [], found)
