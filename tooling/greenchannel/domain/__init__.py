"""The words of the field and the decisions on them: frozen values and pure functions, nothing but the standard library."""
