"""What the cloud itself says about the deployed stack. Imports no program and no pack."""
