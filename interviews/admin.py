"""Where Django looks for the console."""

from interviews.console import bank, candidate, email, interview, invitation, result, session

__all__ = ["bank", "candidate", "email", "interview", "invitation", "result", "session"]
