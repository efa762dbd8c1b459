"""The stand-in for the vendor's AWS provider."""
