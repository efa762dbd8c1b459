"""CloudWatch: the state of an alarm that nothing has been measured for."""

from __future__ import annotations

from typing import Any

from moto.cloudwatch.models import Alarm

from sandbox.emulator.patches.patch import around


@around(Alarm, "__init__", "a new alarm is OK (AWS: INSUFFICIENT_DATA)")
def new_alarm(original: Any, self: Any, *args: Any, **kwargs: Any) -> None:
    original(self, *args, **kwargs)
    self.state_value = "INSUFFICIENT_DATA"
