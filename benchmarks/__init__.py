"""What the gate costs: measured, side by side with going without."""
