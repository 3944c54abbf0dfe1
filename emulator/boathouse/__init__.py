"""Boathouse: the analytic half of AWS, running for real on one machine."""

__version__ = "0.1.0"
