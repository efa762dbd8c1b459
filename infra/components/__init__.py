"""The parts of the platform, one component a file."""

from components.access import Access, AccessArgs
from components.cache import Cache, CacheArgs
from components.database import Database, DatabaseArgs
from components.endpoints import Endpoints, EndpointsArgs
from components.flow_logs import FlowLogs, FlowLogsArgs
from components.keys import Keys, KeysArgs
from components.log_groups import LogGroups, LogGroupsArgs, log_group_names
from components.names import Scope
from components.network import Network, NetworkArgs
from components.secret import Secret, SecretArgs
from components.stream import Stream, StreamArgs

__all__ = [
    "Access",
    "AccessArgs",
    "Cache",
    "CacheArgs",
    "Database",
    "DatabaseArgs",
    "Endpoints",
    "EndpointsArgs",
    "FlowLogs",
    "FlowLogsArgs",
    "Keys",
    "KeysArgs",
    "LogGroups",
    "LogGroupsArgs",
    "Network",
    "NetworkArgs",
    "Scope",
    "Secret",
    "SecretArgs",
    "Stream",
    "StreamArgs",
    "log_group_names",
]
