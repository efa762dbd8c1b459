"""The requirements, and the tests that prove them: scenario, program, engine, deployed."""
