"""The IoT data platform: settings, what AWS offers, components, outputs."""

import facts
import outputs
import pulumi
import settings
import stack

configured = settings.load()
answers = facts.ask(
    configured.database.engine_versions, configured.network.zones, configured.network.zone_count
)
for name, value in outputs.outputs(stack.build(configured, answers)).items():
    pulumi.export(name, value)
