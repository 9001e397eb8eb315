"""Becomes /app/bot.py in the image for Pipecat Cloud: what its base image imports and serves."""

from botrunner.bot import bot

__all__ = ["bot"]
