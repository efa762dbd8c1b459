"""What the cloud itself says about the deployed stack. Imports nothing of the program or the pack."""
