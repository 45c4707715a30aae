"""The record -> artifacts: pages, feeds, sitemap. Opens no draft."""
