"""The language host for Python programs and policy packs, for an engine that comes without one."""
