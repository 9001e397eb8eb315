"""What the tenancy tells whoever builds on it, which it does not know."""

from django.dispatch import Signal

#: A company has been founded with an owner: `tenant`. Sent in its scope, in the transaction that makes it.
company_founded = Signal()
