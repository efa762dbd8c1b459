"""Unit tests of the policy pack's core and of what the network's controls share."""
