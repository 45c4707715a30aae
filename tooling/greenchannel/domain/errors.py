"""Exceptions are for bugs and the environment; faults in content are diagnostics."""


class GreenchannelError(Exception):
    """Base of all our exceptions; the shell prints it and ends with exit code 2."""
