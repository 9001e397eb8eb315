"""Local stand-ins that speak the providers' own wire protocols.

One server takes the place of every network service the bot uses, so the bot under it runs unchanged, with
the official service classes; only base URLs differ. Run it with

    python -m botrunner.sandbox --host 127.0.0.1 --port 8090

What it stands in for, and where each protocol is written down:

`WS /deepgram/v1/listen`
    Deepgram's streaming speech to text: developers.deepgram.com, "Live Audio".
`WS /deepgram/v2/listen`
    Deepgram Flux, which also says when a turn begins and ends: developers.deepgram.com, "Turn-based Audio (Flux)".
`POST /deepgram/v1/speak`
    Deepgram Aura: developers.deepgram.com, "Text to Speech, Single Text Request".
`WS /azure/speech`
    Azure Speech's synthesis, spoken to by Microsoft's own SDK.
`POST /azure/openai/v1/chat/completions`, `POST /azure/openai/deployments/{name}/chat/completions`,
`POST /openai/v1/chat/completions`
    Azure OpenAI and OpenAI: OpenAI's chat completions reference; server-sent events when `stream` is set.
`POST /_/TranslateWebserverUi/data/batchexecute`
    Google Translate's speech endpoint: the gTTS library's request bodies and response pattern.
`/daily/v1/rooms`, `/daily/v1/meeting-tokens`
    Daily's REST API: docs.daily.co/reference/rest-api.
`POST /v1/public/{agent}/start`
    Pipecat Cloud: docs.pipecat.ai, REST reference, `openapi-start.json`.

It never pretends. It cannot hear: it only notices that somebody speaks, and transcribes what it was told
through `/control/heard`, else nothing. Its interviewer asks for more when an answer is very short and
summarises by quoting, and its scorer counts; they have no understanding to be tricked out of.

Control, JSON over HTTP, for tests and benchmarks
-------------------------------------------------
`GET /health`
    `{"status": "ok", "voice": "espeak-ng" | "tones"}`: with which voice Google's endpoint speaks.
`POST /control/reset`
    Forgets all that follows, and the log.
`POST /control/heard {"utterances": [...]}`
    Queues what is said next. Each stretch of voice in the audio "is" the next utterance: a string, or
    `{"text": ..., "seconds": ...}` for speech with pauses in it, whose words are then spread evenly over
    that time and keep coming after each pause.
`POST /control/llm {"replies": [...]}`
    Queues replies that go before the built-in interviewer's: `{"text": ...}`, `{"json": {...}}` or
    `{"tool": name, "arguments": {...}}`; a reply with `text` and `tool` streams both.
`POST /control/faults {"service": ..., "kind": ..., "seconds": ..., "status": ..., "count": ...}`
    Makes the next `count` requests (1 by default, null for all) of `deepgram`, `openai`, `tts`, `aura`,
    `azure-speech`, `daily` or `start` fail: `latency` answers after `seconds`; `status` answers with `status`;
    `stall` takes the request and says nothing for `seconds` (an hour by default); `close` drops the connection. For
    `deepgram`, `status` refuses the next connection, `latency` holds finals back, and `stall` (stops
    reading and sending) and `close` (code 1011) hit connections that are already open. For `start`,
    `stall` accepts and starts the session first, and only the answer never comes.
`GET /control/log?service=...`
    `{"entries": [{"service", "at", ...}]}`: the requests seen, oldest first, with their essentials.
"""
