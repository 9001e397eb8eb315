"""How long the bot holds back what the candidate says, for packets that may still come.

aiortc waits for four packets (80 ms) in the beginning, and for sixteen when one is lost. It never catches up again,
so a single lost packet makes each turn of the interview a quarter of a second slower. Nothing is played in time
on this side: words can be taken as they come, and a hole of 20 ms matters less than the wait.
"""

from __future__ import annotations

from aiortc.jitterbuffer import JitterBuffer
from pipecat.transports.smallwebrtc.connection import SmallWebRTCConnection

#: Packets of 20 ms that are waited for when one is missing; a power of 2.
HELD_PACKETS = 4


def hear_at_once(connection: SmallWebRTCConnection) -> None:
    """Shorten the wait of a connection on which no audio has come yet, and again when it is made anew."""

    @connection.event_handler("track-started")
    async def on_track_started(connection: SmallWebRTCConnection, track: object) -> None:
        _replace_buffers(connection)

    _replace_buffers(connection)


def open_buffer() -> JitterBuffer:
    return JitterBuffer(capacity=HELD_PACKETS, prefetch=1)


def _replace_buffers(connection: SmallWebRTCConnection) -> None:
    """aiortc has no option for it."""
    for transceiver in connection.pc.getTransceivers():
        if transceiver.kind == "audio":
            vars(transceiver.receiver)["_RTCRtpReceiver__jitter_buffer"] = open_buffer()
