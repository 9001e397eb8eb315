"""The interviewer: what happens next, given what has happened.

It knows no frames and no sockets. Its parts follow the story: `asking`, `answering`, `timekeeping`, `obeying`,
`closing`; they share the `floor`, and `interviewer` takes in the facts.
"""

from botrunner.interviewer.floor import Phase, Stage
from botrunner.interviewer.interviewer import Interviewer

__all__ = ["Interviewer", "Phase", "Stage"]
