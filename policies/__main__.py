"""Entry point of the policy pack: `pulumi preview --policy-pack policies`."""

from controls import CONTROLS
from core.pack import serve

serve("iot-data-platform-policies", CONTROLS)
