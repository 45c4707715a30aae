"""What a page shows, as frozen values: prepared once, so that a template computes nothing.

Every view is the whole input of its page beside the theme; its `repr` is what the plan fingerprints.
"""
