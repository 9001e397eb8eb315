"""Addresses of people whom `desk.py` adds to those of the demo."""

#: Asked to join a company.
NEWCOMER = "kai@harbour-light.example"
#: Of the platform's staff, and of no company at all.
STAFF, NOBODY = "staff@platform.example", "nobody@platform.example"
