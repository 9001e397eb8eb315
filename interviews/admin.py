"""Where Django looks for the console."""

from interviews.console import ats, bank, batch, candidate, email, interview, invitation, result, session, webhook

__all__ = ["ats", "bank", "batch", "candidate", "email", "interview", "invitation", "result", "session", "webhook"]
