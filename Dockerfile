# The images, all from one file:
#   docker build --target web -t vivavoce-web .    web server, Celery worker and beat
#   docker build --target bot -t vivavoce-bot .    one bot runner, for a private network
#   docker build --target cloud -t vivavoce-cloud .  the bot for Pipecat Cloud (pcc-deploy.toml)
# None holds a secret: keys come from the environment at run time.

ARG PYTHON_IMAGE=python:3.11-slim-bookworm
ARG NODE_IMAGE=node:22-bookworm-slim
ARG PIPECAT_CLOUD_IMAGE=dailyco/pipecat-base:latest

# --- The candidate's and the live page's scripts ---------------------------------------------------
FROM ${NODE_IMAGE} AS frontend
WORKDIR /app/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci
COPY frontend/ ./
RUN npm run build

# --- The locked Python packages, without the demo's and the tests' ---------------------------------
FROM ${PYTHON_IMAGE} AS packages
ENV UV_PROJECT_ENVIRONMENT=/opt/venv \
    UV_LINK_MODE=copy \
    UV_COMPILE_BYTECODE=1 \
    UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN uv sync --locked --no-default-groups --no-cache

FROM ${PYTHON_IMAGE} AS base
RUN useradd --system --uid 10001 --create-home vivavoce
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    OMP_NUM_THREADS=1 \
    OPENBLAS_NUM_THREADS=1
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv

# --- Bot runner -------------------------------------------------------------------------------------
# Its /start must be reachable by the web server alone: keep the port inside a private network.
FROM base AS bot
ENV BOT_TRANSPORT=webrtc \
    TTS_CACHE_DIR=/home/vivavoce/tts-cache
COPY botrunner/ botrunner/
USER vivavoce
EXPOSE 7860
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:7860/status', timeout=2)"]
CMD ["sh", "-c", "exec python -m botrunner.bot -t \"$BOT_TRANSPORT\" --host 0.0.0.0 --port 7860"]

# --- The same bot for Pipecat Cloud, whose base image serves the `bot()` of /app/bot.py ------------------
FROM ${PIPECAT_CLOUD_IMAGE} AS cloud
ENV UV_LINK_MODE=copy \
    UV_COMPILE_BYTECODE=1 \
    TTS_CACHE_DIR=/tmp/tts-cache
COPY pyproject.toml uv.lock ./
RUN uv sync --locked --no-default-groups --no-cache
COPY botrunner/ botrunner/
COPY docker/cloud_bot.py bot.py

# --- Web server, worker and beat ----------------------------------------------------------------------
FROM base AS web
COPY manage.py LICENSE ./
COPY config/ config/
COPY tenants/ tenants/
COPY interviews/ interviews/
# The contract, and the simulated candidate that a worker lets rehearse an interview.
COPY botrunner/ botrunner/
COPY locale/ locale/
COPY templates/ templates/
COPY static/ static/
COPY --from=frontend /app/static/dist static/dist/
# The settings want these named; nothing connects while files are collected.
RUN SECRET_KEY=collectstatic DATABASE_URL=postgres://none/none REDIS_URL=redis://none \
    BASE_URL=http://none EMAIL_URL=dummymail:// \
    python manage.py collectstatic --noinput
# A volume mounted here takes over its owner.
ENV MEDIA_ROOT=/data/media
RUN install -d -o vivavoce /data/media
USER vivavoce
EXPOSE 8000
# No access log: paths hold candidates' tokens.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
CMD ["uvicorn", "config.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--no-access-log", "--lifespan", "off", \
     "--ws-per-message-deflate", "false"]
