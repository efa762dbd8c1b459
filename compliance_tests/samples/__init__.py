"""Sample evidence: a made-up stack of any size, and runs replayed into a history."""
