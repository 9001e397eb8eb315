"""Recruitee's Partners API. Source: docs.recruitee.com/reference, "Partners API concepts", "Sending candidates",
"Reports"."""
