"""Evidence in NIST's OSCAL 1.2.3: assessment results, and what they refer to."""
