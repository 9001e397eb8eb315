"""The worker that has beat within it is never left without."""

from __future__ import annotations

from pathlib import Path

import pytest
from celery.worker import state

from config.celery import Beat, app


def test_a_worker_whose_beat_stops_by_a_fault_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "should_stop", None)
    beat = Beat(schedule_path=str(tmp_path / "nowhere" / "schedule"))
    beat.start()
    beat.join(60)
    assert (beat.is_alive(), state.should_stop) == (False, 70)
    beat.stop()  # as the ending worker does


def test_a_beat_that_was_told_to_stop_ends_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "should_stop", None)
    beat = Beat(schedule_path=str(tmp_path / "schedule"))
    monkeypatch.setattr(beat.service, "start", lambda: None)
    beat.start()
    beat.join(60)
    assert (beat.is_alive(), state.should_stop) == (False, None)


def test_the_broker_is_waited_for_however_long_it_takes() -> None:
    assert app.conf.broker_connection_max_retries is None
