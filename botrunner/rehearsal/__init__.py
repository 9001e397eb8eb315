"""A simulated candidate who has a real interview, so that one can be heard and read without anybody's time.

`python -m botrunner.rehearsal` (or `make rehearse`) starts a sandbox and a runner, or uses those it is told of,
joins over WebRTC as a browser would, answers aloud, and keeps what was said under `var/rehearsals/`.
"""
