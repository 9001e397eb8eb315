"""Candidates: one row a person, known by their address."""

from django.db import IntegrityError, transaction

from interviews.models import Candidate


class CandidateExists(Exception):
    """There is somebody with this address already."""


def add_candidate(*, name: str, email: str, locale: str = "", time_zone: str = "UTC") -> Candidate:
    """Raises CandidateExists."""
    try:
        with transaction.atomic():
            return Candidate.objects.create(
                name=name.strip(), email=email.strip().lower(), locale=locale, time_zone=time_zone
            )
    except IntegrityError:
        raise CandidateExists("There is a candidate with this e-mail address already.") from None


def change_candidate(*, candidate: Candidate, **fields: str) -> None:
    """Change some of name, email, locale and time_zone. Raises CandidateExists."""
    if "email" in fields:
        fields["email"] = fields["email"].strip().lower()
    for name, value in fields.items():
        setattr(candidate, name, value)
    try:
        with transaction.atomic():
            candidate.save(update_fields=list(fields))
    except IntegrityError:
        raise CandidateExists("Another candidate has this e-mail address already.") from None
