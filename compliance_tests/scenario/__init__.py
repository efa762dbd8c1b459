"""Each control on hand-written resources, in this process."""
