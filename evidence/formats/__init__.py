"""Reports drawn from evidence. Each is a pure function of it: no clock, no disk, no network."""
