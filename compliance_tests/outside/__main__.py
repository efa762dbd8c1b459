"""`python -m compliance_tests.outside`: install what is missing, then ask the judges."""

from __future__ import annotations

import sys

import pytest

from .tools import ROOT, install

if __name__ == "__main__":
    install()
    sys.exit(pytest.main([str(ROOT / "compliance_tests" / "outside"), *sys.argv[1:]]))
