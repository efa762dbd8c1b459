"""Tests of the product's own tools."""
