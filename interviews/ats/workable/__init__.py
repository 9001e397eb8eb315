"""Workable's assessment providers. Source: workable.readme.io, "Assessment Providers"."""
