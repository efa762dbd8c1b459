"""The emulator: each gap of moto closed, and the process it runs as."""
