"""An outside judge: what Prowler fails, we fail too, or a reviewed reason says why not."""
