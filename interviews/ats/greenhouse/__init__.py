"""Greenhouse's Assessment Partner API. Source: grnhse/greenhouse-api-docs, source/includes/assessment/."""
