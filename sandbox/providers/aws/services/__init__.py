"""Handlers and rules of the resource types that the sandbox can deploy, one module a service."""
