"""The register: what is required, which controls and tests answer for it, what deviates and why.

    register = load()
    register.requirements["REQ-RDS-2"].controls    # ("aurora-backups",)
    problems(register, controls={...})             # [] or one line for each mistake

The register is data (TOML) with an owner of its own. Nothing here imports the policy pack; the ids
of its controls are handed in, so that register and pack can be compared by whoever has both.
"""

from .load import load
from .model import (
    STATUSES,
    Clause,
    Deviation,
    Framework,
    Register,
    RegisterError,
    Requirement,
)
from .validate import problems

__all__ = [
    "STATUSES",
    "Clause",
    "Deviation",
    "Framework",
    "Register",
    "RegisterError",
    "Requirement",
    "load",
    "problems",
]
