"""What the candidate says reaches the bot at once, and a lost packet does not slow down all that follows."""

from __future__ import annotations

from aiortc import RTCPeerConnection
from aiortc.jitterbuffer import JitterBuffer
from aiortc.rtp import RtpPacket
from pipecat.transports.smallwebrtc.connection import SmallWebRTCConnection

from botrunner.jitter import hear_at_once, open_buffer


def count_held(buffer: JitterBuffer, numbers: list[int]) -> list[int]:
    """For each packet that leads to a frame, how many packets the frame is behind it."""
    held = []
    for number in numbers:
        packet = RtpPacket(sequence_number=number, timestamp=960 * number)
        packet._data = b"opus"  # type: ignore[attr-defined]
        _, frame = buffer.add(packet)
        if frame:
            held.append(number - frame.timestamp // 960)
    return held


def test_nothing_is_held_back_on_a_good_line() -> None:
    assert count_held(open_buffer(), list(range(50))) == [1] * 49


def test_a_lost_packet_costs_one_packets_time_and_no_more() -> None:
    numbers = [number for number in range(200) if number not in (50, 90, 130)]
    assert max(count_held(open_buffer(), numbers)[-50:]) == 2
    assert max(count_held(JitterBuffer(capacity=16, prefetch=4), numbers)[-50:]) == 14


def test_packets_that_overtake_one_another_are_put_in_order() -> None:
    buffer = open_buffer()
    taken: list[int] = []
    for number in (0, 1, 3, 2, 4, 5):
        packet = RtpPacket(sequence_number=number, timestamp=960 * number)
        packet._data = bytes([number])  # type: ignore[attr-defined]
        _, frame = buffer.add(packet)
        if frame:
            taken += frame.data
    assert taken == [0, 1, 2, 3]


async def test_a_connections_audio_is_heard_through_it() -> None:
    connection = SmallWebRTCConnection()
    caller = RTCPeerConnection()
    caller.addTransceiver("audio")
    await caller.setLocalDescription(await caller.createOffer())
    await connection.initialize(sdp=caller.localDescription.sdp, type=caller.localDescription.type)
    hear_at_once(connection)
    [transceiver] = connection.pc.getTransceivers()
    assert vars(transceiver.receiver)["_RTCRtpReceiver__jitter_buffer"].capacity == 4
    await connection.disconnect()
    await caller.close()
