"""``content/`` -> domain values with the place of every field, and diagnostics."""
