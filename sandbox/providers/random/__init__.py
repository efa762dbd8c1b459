"""The stand-in for the vendor's random provider."""
