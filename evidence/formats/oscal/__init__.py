"""Evidence in NIST's OSCAL 1.2.1: assessment results, and what they refer to."""
