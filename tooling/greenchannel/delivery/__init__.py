"""Artifacts -> places. `writing` is the only module that changes files."""
