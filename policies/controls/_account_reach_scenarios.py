"""Scenarios of foreign-accounts: targets, sources and providers in another account."""

from __future__ import annotations

from dataclasses import replace

from core import (
    UNKNOWN,
    Item,
    Scenario,
    SecretText,
    Settings,
    Value,
    accepts,
    refuses,
    undecided,
)

from ._policy_scenarios import ACCOUNT, allow, document
from ._stores import RDS_CLUSTER
from ._types import ENDPOINT, FLOW_LOG, KEY, LOG_GROUP, STREAM, SUBSCRIPTION

OTHER = "999988887777"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
EVENTS = "aws:rds/eventSubscription:EventSubscription"
HERE = Item(LOG_GROUP, "l", {"arn": f"arn:aws:logs:sa-east-1:{ACCOUNT}:log-group:l-test"})
LISTED = f"arn:aws:kms:sa-east-1:{OTHER}:key/1234"


def arn(service: str, rest: str, account: str) -> str:
    return f"arn:aws:{service}:sa-east-1:{account}:{rest}"


def role(account: str) -> str:
    return f'[{{"roleArn": "arn:aws:iam::{account}:role/deploy", "sessionName": "x"}}]'


def by(type_: str, **provider: Value) -> Item:
    return Item(type_, "x", {"name": "x-test"}, provider_props=provider)


TRUST = "assumeRolePolicy"
#: What a stack has: resources of one provider, whose account the config tells.
USUAL = tuple(
    Item(
        LOG_GROUP,
        f"l{n}",
        {"name": f"l{n}-test"},
        provider_props={
            "allowedAccountIds": f'["{ACCOUNT}"]',
            "region": "sa-east-1",
        },
    )
    for n in range(2)
)
TARGETS: tuple[tuple[str, str, str], ...] = (
    (SUBSCRIPTION, "endpoint", "sqs"),
    (SUBSCRIPTION, "topic", "sns"),
    (ALARM, "alarmActions", "sns"),
    (ALARM, "okActions", "sns"),
    (EVENTS, "snsTopic", "sns"),
    (FLOW_LOG, "logDestination", "logs"),
    (RDS_CLUSTER, "snapshotIdentifier", "rds"),
)


def pointing(type_: str, key: str, service: str, account: str) -> Item:
    target = arn(service, "x", account)
    return Item(type_, "x", {key: [target] if key.endswith("s") else target})


BY_REGION: dict[str, Value] = {"region": "sa-east-1"}
HERE_BY_REGION = replace(HERE, provider_props=BY_REGION)
NAMED_BY_REGION = Item(
    SUBSCRIPTION, "n", {"topic": arn("sns", "x", ACCOUNT)}, provider_props=BY_REGION
)

REACHES: tuple[Scenario, ...] = (
    *(accepts(f"{t} {k} of ours", HERE, pointing(t, k, s, ACCOUNT)) for t, k, s in TARGETS),
    *(
        refuses(
            f"{t} {k} of another account",
            HERE,
            pointing(t, k, s, OTHER),
            says=f"names account {OTHER}, which is not ours",
        )
        for t, k, s in TARGETS
    ),
    accepts("a target of the stack", HERE, Item(ALARM, "x", {"alarmActions": [UNKNOWN]})),
    accepts(
        "a key from outside that the pack lists",
        HERE,
        Item(STREAM, "x", {"kmsKeyId": LISTED}),
        settings=Settings("test", suffix="test", external_keys=(LISTED,)),
    ),
    accepts(
        "another account in words",
        HERE,
        Item(STREAM, "x", {"description": LISTED, "tags": {"From": LISTED}}),
    ),
    accepts("flow logs of ours", HERE, Item(FLOW_LOG, "x", {"logDestination": UNKNOWN})),
    refuses(
        "flow logs to a bucket",
        Item(FLOW_LOG, "x", {"logDestination": "arn:aws:s3:::somebodys-bucket"}),
        says="a bucket that is not of this stack",
    ),
    accepts(
        "an endpoint of AWS",
        Item(ENDPOINT, "x", {"serviceName": "com.amazonaws.sa-east-1.kinesis-streams"}),
    ),
    refuses(
        "an endpoint of somebody",
        Item(ENDPOINT, "x", {"serviceName": "com.amazonaws.vpce.sa-east-1.vpce-svc-0a1b"}),
        says="an endpoint service that is not of this stack",
    ),
    accepts("a provider that takes a role of ours", HERE, by(KEY, assumeRoles=role(ACCOUNT))),
    refuses(
        "a provider that takes one role of another account",
        HERE,
        by(KEY, assumeRole=role(OTHER)[1:-1]),
        says=f"assumeRole of its provider names account {OTHER}",
    ),
    refuses(
        "a provider that takes a role of another account, written as a text",
        HERE,
        by(KEY, assumeRoles=f"arn:aws:iam::{OTHER}:role/r"),
        says=f"assumeRoles of its provider names account {OTHER}",
    ),
    accepts("a provider alone with its role", by(KEY, assumeRoles=role(ACCOUNT))),
    *(
        refuses(
            f"a provider that takes a role of another account: {type_}",
            HERE,
            by(type_, assumeRoles=role(OTHER)),
            says=f"assumeRoles of its provider names account {OTHER}",
        )
        for type_ in (KEY, STREAM, RDS_CLUSTER)
    ),
    refuses(
        "a foreign role by web identity",
        HERE,
        by(KEY, assumeRoleWithWebIdentity=role(OTHER)[1:-1]),
        says=f"names account {OTHER}",
    ),
    refuses(
        "a foreign role beside one of ours",
        HERE,
        by(KEY, assumeRoles=role(ACCOUNT)[:-1] + "," + role(OTHER)[1:]),
        says=f"names account {OTHER}",
    ),
    *(
        refuses(
            f"a provider of its own {what}", *USUAL, by(KEY, **told, region="sa-east-1"), says=says
        )
        for what, told, says in (
            ("with another profile", {"profile": "other"}, "profile of its provider is not that"),
            ("with keys", {"accessKey": SecretText("AKIAX")}, "accessKey of its provider is not"),
            ("with a file", {"sharedCredentialsFiles": '["/x"]'}, "sharedCredentialsFiles of its"),
            ("for another account", {"allowedAccountIds": f'["{OTHER}"]'}, f"is {OTHER}, no"),
            ("for ours and another", {"allowedAccountIds": f'["{ACCOUNT}","{OTHER}"]'}, "no acc"),
            ("for nobody told", {"allowedAccountIds": "[", "profile": "other"}, "is not that"),
        )
    ),
    *(
        accepts(f"a provider of its own {what}", *USUAL, by(KEY, **told))
        for what, told in (
            ("in the same account", {"region": "sa-east-1"}),
            ("that allows our account only", {"allowedAccountIds": f'["{ACCOUNT}"]'}),
            (
                "by a profile of our account",
                {"allowedAccountIds": f'["{ACCOUNT}"]', "profile": "other"},
            ),
        )
    ),
    accepts("a profile that all share", *(by(KEY, profile="iot") for _ in range(2))),
    *(
        refuses(
            f"{type_}: a service that acts for another account by {key}",
            HERE,
            Item(
                type_,
                "x",
                {
                    prop: document(
                        allow(
                            {"Service": "sns.amazonaws.com"},
                            Condition={"StringEquals": {key: value}},
                        )
                    )
                },
            ),
            says=f"names account {OTHER}",
        )
        for type_, prop in (
            (KEY, "policy"),
            ("aws:sqs/queue:Queue", "policy"),
            ("aws:iam/role:Role", TRUST),
        )
        for key, value in (
            ("aws:SourceAccount", OTHER),
            ("aws:SourceArn", arn("sns", "topic", OTHER)),
        )
    ),
    accepts(
        "a service that acts for our account",
        HERE,
        Item(
            KEY,
            "k",
            {
                "policy": document(
                    allow(
                        {"Service": "sns.amazonaws.com"},
                        Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}},
                    )
                )
            },
        ),
    ),
    undecided("a role known at deploy time", HERE, by(KEY, assumeRoles=UNKNOWN), says="literal"),
    undecided("the same of the only provider", by(KEY, assumeRoles=UNKNOWN), says="literal"),
    refuses(
        "a foreign account that is the only one in an ARN, beside a provider's list of ours",
        Item(ALARM, "a", {"alarmActions": [arn("sns", "t", OTHER)]}),
        Item(ALARM, "b", {}),
        by(KEY, allowedAccountIds=f'["{ACCOUNT}"]'),
        says=f"names account {OTHER}",
    ),
    refuses(
        "flow logs to a bucket, in capitals",
        Item(FLOW_LOG, "x", {"logDestination": "ARN:AWS:S3:::somebodys-bucket"}),
        says="a bucket that is not of this stack",
    ),
    refuses(
        "an endpoint of somebody, in capitals",
        Item(ENDPOINT, "x", {"serviceName": "com.amazonaws.vpce.sa-east-1.VPCE-SVC-0a1b"}),
        says="an endpoint service that is not of this stack",
    ),
    refuses(
        "a provider for an account that nobody said is ours",
        *(by(STREAM, region="sa-east-1"), by(LOG_GROUP, region="sa-east-1")),
        by(KEY, profile="other", allowedAccountIds=f'["{OTHER}"]'),
        says="profile of its provider is not that of the stack's other resources",
    ),
    *(
        accepts(
            f"a provider by another profile, held to the account that {what}",
            item,
            by(STREAM, region="sa-east-1"),
            by(KEY, profile="other", allowedAccountIds=f'["{ACCOUNT}"]'),
        )
        for what, item in (
            ("the others have", HERE_BY_REGION),
            ("the others name", NAMED_BY_REGION),
        )
    ),
    accepts(
        "a provider held to the account that the others name, seen before them",
        by(KEY, profile="other", allowedAccountIds=f'["{ACCOUNT}"]'),
        NAMED_BY_REGION,
        by(STREAM, region="sa-east-1"),
    ),
    refuses(
        "a provider held to an account that its own resource alone names",
        *(by(STREAM, region="sa-east-1"), by(LOG_GROUP, region="sa-east-1")),
        Item(
            SUBSCRIPTION,
            "x",
            {"topic": arn("sns", "x", OTHER)},
            provider_props={"profile": "other", "allowedAccountIds": f'["{OTHER}"]'},
        ),
        says="profile of its provider is not that",
    ),
    refuses(
        "a provider held to one of two accounts that the others name",
        HERE_BY_REGION,
        replace(NAMED_BY_REGION, props={"topic": arn("sns", "x", OTHER)}),
        by(KEY, profile="other", allowedAccountIds=f'["{OTHER}"]'),
        says="profile of its provider is not that",
    ),
    refuses(
        "a provider of its own, seen before the usual one",
        by(KEY, allowedAccountIds=f'["{ACCOUNT}","{OTHER}"]'),
        *USUAL,
        says=f"allowedAccountIds of its provider is {OTHER}, no account of the stack",
    ),
    refuses(
        "a provider with a file of settings",
        *USUAL,
        by(KEY, sharedConfigFiles='["/x"]'),
        says="sharedConfigFiles of its provider is not that",
    ),
    refuses(
        "a provider whose accounts are no texts",
        *USUAL,
        by(KEY, allowedAccountIds='[["x"]]', profile="other"),
        says="profile of its provider is not that",
    ),
    accepts(
        "another vendor's resource beside a provider with a profile",
        *(by(KEY, profile="iot") for _ in range(2)),
        Item("random:index/randomPassword:RandomPassword", "p", {"length": 32.0}),
    ),
    refuses(
        "an account that another provider of the stack alone allows",
        *USUAL,
        by(KEY, allowedAccountIds=f'["{ACCOUNT}","{OTHER}"]'),
        Item(STREAM, "s", {"kmsKeyId": LISTED}),
        says=f"kmsKeyId names account {OTHER}, which is not ours",
    ),
)
