"""``releases/``: what has been released. Events and their fold, frozen texts, approvals, the gate, verification."""
