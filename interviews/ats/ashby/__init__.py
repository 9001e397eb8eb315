"""Ashby's assessments framework. Source: developers.ashbyhq.com, "Creating an Assessments Integration", and the
schemas of assessment.* in Ashby's published OpenAPI description."""
