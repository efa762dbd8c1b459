"""Tests of the register of requirements."""
