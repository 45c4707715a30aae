"""The words of the field and the decisions on them: frozen values and pure functions on the standard library."""
