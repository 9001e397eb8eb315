"""Settings, all from the environment; `.env` is read too. Production must say what has no safe default."""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="insecure-development-key" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY to a long random string, or DEBUG=true on your own machine.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"] if DEBUG else [])
BASE_URL = env.str("BASE_URL", default="http://localhost:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [BASE_URL]

# --- Applications ----------------------------------------------------------------------------

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "rest_framework",
    "channels",
    "tenants",
    "interviews",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "interviews.console.csp.ConsoleCSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "tenants.middleware.StaffTenantMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- Data ------------------------------------------------------------------------------------

#: The application's own role. It must be NOSUPERUSER and NOBYPASSRLS: a system check refuses otherwise.
DATABASES = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"]["OPTIONS"] = {"pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL_SIZE", default=8)}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL")

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": "vivavoce"},
    }
}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE = {"sweep": {"task": "interviews.tasks.sweep", "schedule": 5.0, "options": {"expires": 10}}}
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": env.int("CELERY_VISIBILITY_TIMEOUT", default=300)}

# --- People ----------------------------------------------------------------------------------

AUTH_USER_MODEL = "tenants.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "tenants.auth.EmailBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = reverse_lazy("admin:login")
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True

LANGUAGE_CODE = "en"
#: What interviews can be held in, and candidates' pages and mails with them. The console speaks LANGUAGE_CODE.
LANGUAGES = [
    ("en", _("English")),
    ("es", _("Spanish")),
    ("fr", _("French")),
    ("de", _("German")),
    ("pt", _("Portuguese")),
    ("hi", _("Hindi")),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
FORMAT_MODULE_PATH = "config.formats"

# --- Pages -----------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
#: Uploads: logos; and recordings, unless there is a bucket. Never served as files; views check who asks for what.
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(VAR_DIR / "media"))
#: Recordings, in a private bucket where one is named. Credentials as boto3 finds them.
RECORDINGS_BUCKET = env.str("RECORDINGS_BUCKET", default="")
RECORDINGS_STORAGE = (
    {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": RECORDINGS_BUCKET,
            "region_name": env.str("RECORDINGS_REGION", default="") or None,
            "endpoint_url": env.str("RECORDINGS_ENDPOINT", default="") or None,
            "default_acl": "private",
            "file_overwrite": False,
        },
    }
    if RECORDINGS_BUCKET
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"}
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "recordings": RECORDINGS_STORAGE,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

#: How sound travels: SmallWebRTC through our own runners, or Daily.
BOT_TRANSPORT = env.str("BOT_TRANSPORT", default="webrtc")
if BOT_TRANSPORT not in ("webrtc", "daily"):
    raise ImproperlyConfigured(f"BOT_TRANSPORT must be webrtc or daily, not {BOT_TRANSPORT!r}.")

# With "no-referrer" browsers send forms with "Origin: null", which the CSRF check refuses. Pages whose address is a
# secret set their own, stricter policy.
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https://")
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "media-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

if BOT_TRANSPORT == "daily":
    # Daily's library loads its call machine from there. Source: docs.daily.co, "Content Security Policy".
    CONTENT_SECURITY_POLICY["DIRECTIVES"] |= {
        "script-src": ["'self'", "blob:", "https://c.daily.co"],
        "connect-src": ["'self'", "https://*.daily.co", "wss://*.daily.co"],
        "worker-src": ["'self'", "blob:"],
    }

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Vivavoce <no-reply@localhost>")

# --- Bots ------------------------------------------------------------------------------------

#: Base URLs of the runners; a session is started by POST {base}/start. Pipecat Cloud: https://api.pipecat.daily.co/v1/public/{agent}
BOT_RUNNER_URLS = [url.rstrip("/") for url in env.list("BOT_RUNNER_URLS", default=["http://127.0.0.1:7860"])]
BOT_START_KEY = env.str("BOT_START_KEY", default="")
#: One process saturates at about 8 bots; beyond the cap candidates wait in a queue.
BOT_SESSIONS_PER_RUNNER = env.int("BOT_SESSIONS_PER_RUNNER", default=4)
#: Which of the bots' providers are configured, by the variables that are set; None where bots run with an environment
#: of their own, so that it can't be known here.
BOT_PROVIDER_VARIABLES = {
    name
    for name, value in env.ENVIRON.items()
    if value and (name == "SANDBOX_URL" or name.startswith(("DEEPGRAM_", "AZURE_", "OPENAI_")))
} or None
if BOT_TRANSPORT == "daily":
    BOT_PROVIDER_VARIABLES = None
#: The sandbox stands in for speech recognition and cannot hear; the lobby says so.
BOT_CANNOT_HEAR = bool(env.str("SANDBOX_URL", default="")) and not env.str("DEEPGRAM_API_KEY", default="")
#: How the bots reach this web server's relay.
RELAY_URL = env.str("RELAY_URL", default=BASE_URL.replace("http", "ws", 1) + "/bot/v1/relay")
#: And where they bring the audio of recorded interviews.
RECORDINGS_URL = env.str(
    "RECORDINGS_URL", default=RELAY_URL.replace("ws", "http", 1).removesuffix("/relay") + "/recordings"
)
#: Seconds without a heartbeat after which a session's bot counts as lost.
SESSION_LEASE_SECONDS = env.int("SESSION_LEASE_SECONDS", default=25)

UNFOLD = {
    "SITE_TITLE": "interviews.console.branding.name_site",
    "SITE_HEADER": "interviews.console.branding.name_site",
    "SITE_SUBHEADER": "interviews.console.branding.describe_site",
    "SITE_ICON": "interviews.console.branding.link_logo",
    "SITE_SYMBOL": "graphic_eq",
    "SITE_URL": None,
    "BORDER_RADIUS": "8px",
    "COLORS": {"primary": "interviews.console.branding.shade_primary"},
    "STYLES": ["interviews.console.branding.stylesheet"],
    "DASHBOARD_CALLBACK": "interviews.console.dashboard.fill_dashboard",
    "SIDEBAR": {"navigation": "interviews.console.navigation.build_navigation"},
    "ACCOUNT": {"navigation": "interviews.console.navigation.link_account"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
