"""Greenchannel: the press desk of a city government as a folder of Markdown."""

__version__ = "0.1.0"
