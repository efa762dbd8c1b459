"""What goes wrong around the gate, made to go wrong on the real engine: `make faults`."""
