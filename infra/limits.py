"""What AWS takes, and what this program refuses on top; each a fact that settings check."""

from __future__ import annotations

REGIONS = ("sa-east-1",)
ZONES_OF_REGION = 3
# Days that CloudWatch Logs knows (PutRetentionPolicy); never expiring is not among them on purpose.
LOG_DAYS: tuple[int, ...] = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731)
LOG_DAYS += (1096, 1827, 2192, 2557, 2922, 3288, 3653)
# ALL is not offered: AWS answers it with the seven names, which is a change on every preview.
SHARD_METRICS = (
    "IncomingBytes",
    "IncomingRecords",
    "IteratorAgeMilliseconds",
    "OutgoingBytes",
    "OutgoingRecords",
    "ReadProvisionedThroughputExceeded",
    "WriteProvisionedThroughputExceeded",
)
DATA_CLASSES = ("public", "internal", "confidential", "restricted")
# Names that every attacker tries first, and those that AWS reserves.
REFUSED_USERS = ("admin", "administrator", "master", "postgres", "rdsadmin", "root", "user")
# ElastiCache has no data source for what can be created. This table is of CACHE_TABLE_DATE, from
# its documentation (supported engine versions, supported node types); when AWS moves on, change it.
CACHE_TABLE_DATE = "2026-11-23"
CACHE_VERSIONS = ("7.0", "7.1")
CACHE_NODE_TYPES = (
    r"cache\.(t3|t4g)\.(micro|small|medium)|cache\.(m5|m6g|m7g|r5|r6g|r7g)\.(\d{0,2}x)?large"
)
