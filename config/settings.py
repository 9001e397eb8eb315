"""Settings, all from the environment; `.env` is read too. Production must say what has no safe default."""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from config.env_file import read_env_file

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
read_env_file()

DEBUG = env.bool("DEBUG", default=False)


def read_or_refuse(name: str, *, on_own_machine: str, refusal: str) -> str:
    """The variable's value; without one `on_own_machine`, or in production ImproperlyConfigured with `refusal`."""
    value = env.str(name, default="") or (on_own_machine if DEBUG else "")
    if not value:
        raise ImproperlyConfigured(f"{refusal}, or DEBUG=true on your own machine.")
    return value


SECRET_KEY = read_or_refuse(
    "SECRET_KEY", on_own_machine="insecure-development-key", refusal="Set SECRET_KEY to a long random string"
)
#: Earlier ones: what they encrypted, such as second factors, can still be read.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"] if DEBUG else [])
BASE_URL = read_or_refuse(
    "BASE_URL",
    on_own_machine="http://localhost:8000",
    refusal="Set BASE_URL to the address that candidates see, such as https://interviews.example.com",
).rstrip("/")
#: How the bots reach this web server's relay.
RELAY_URL = env.str("RELAY_URL", default=BASE_URL.replace("http", "ws", 1) + "/bot/v1/relay")
#: And where they bring the audio of recorded interviews.
RECORDINGS_URL = env.str(
    "RECORDINGS_URL", default=RELAY_URL.replace("ws", "http", 1).removesuffix("/relay") + "/recordings"
)
# Bots may know this server by a name of its network.
ALLOWED_HOSTS += [host for url in (BASE_URL, RELAY_URL, RECORDINGS_URL) if (host := urlsplit(url).hostname)]
CSRF_TRUSTED_ORIGINS = [BASE_URL]

# --- Applications ----------------------------------------------------------------------------

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "channels",
    "anymail",
    "tenants",
    "interviews",
]

MIDDLEWARE = [
    "interviews.api.refusals.ProblemMiddleware",
    "tenants.hosts.KnownHostsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "interviews.console.csp.ConsoleCSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "tenants.middleware.StaffTenantMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = "config.wsgi.application"

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
                "tenants.second_factor.console_context",
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

#: Shared by all processes: counts of wrong codes, and the codes that were used.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "vivavoce",
    }
}

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
#: However long the broker is away: beat would give up after a hundred tries, which is less than an hour.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "interviews.tasks.sweep", "schedule": 5.0, "options": {"expires": 10}},
    "outbox": {"task": "interviews.tasks.watch_outbox", "schedule": 300.0, "options": {"expires": 300}},
    "ats-calls": {"task": "interviews.tasks.forget_ats_calls", "schedule": crontab(hour=3, minute=30)},
    "old-requests": {"task": "interviews.tasks.forget_old_requests", "schedule": crontab(minute=15)},
    "members": {"task": "tenants.tasks.sweep_member_invitations", "schedule": 60.0, "options": {"expires": 60}},
    "passwords": {"task": "tenants.tasks.sweep_password_mails", "schedule": 60.0, "options": {"expires": 60}},
}
#: What waits for services of ours, or moves files, has a queue of its own, so that no interview waits for it to start;
#: and what waits for addresses that others have named has one apart, so that no mail and no score waits for a slow
#: receiver of webhooks. A worker without `-Q` serves all; one of `outbound` and others keeps threads free for the
#: others (interviews/domain/shares.py).
CELERY_TASK_QUEUES = [Queue(name, routing_key=name) for name in ("celery", "slow", "outbound")]
CELERY_TASK_ROUTES = {
    task: {"queue": name}
    for name, tasks in {
        "slow": (
            "interviews.tasks.assemble_recording",
            "interviews.tasks.run_simulation",
            "interviews.tasks.score_result",
            "interviews.tasks.send_email",
            "tenants.tasks.check_domain",
            "tenants.tasks.send_member_invitation",
            "tenants.tasks.send_password_mail",
        ),
        "outbound": (
            "interviews.tasks.deliver_webhooks",
            "interviews.tasks.send_ats_callback",
            "interviews.tasks.test_ats_connection",
        ),
    }.items()
    for task in tasks
}
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
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "tenants.auth.attempted_address"
#: allauth asks for the second factor; nobody signs up by it, and it keeps no addresses of its own.
ACCOUNT_ADAPTER = "tenants.log_in.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {"reauthenticate": "tenants.log_in.ConfirmPasswordForm"}
MFA_ADAPTER = "tenants.second_factor.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # codes of 30 s, and phones' clocks differ
MFA_ALLOW_UNVERIFIED_EMAIL = True  # no address gets an account here that has not opened a link
MFA_FORMS = {
    "authenticate": "tenants.second_factor.LogInCodeForm",
    "reauthenticate": "tenants.second_factor.ConfirmCodeForm",
    "activate_totp": "tenants.second_factor.ActivateForm",
}

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

#: Mail by a provider's API instead of SMTP: one that django-anymail knows, with its settings as ANYMAIL_… variables.
EMAIL_PROVIDER = env.str("EMAIL_PROVIDER", default="")
# Mails hold candidates' links, so printing them into a log is nothing for production to fall back on.
EMAIL_CONFIG = env.email_url_config(
    "dummymail://"
    if EMAIL_PROVIDER
    else read_or_refuse(
        "EMAIL_URL", on_own_machine="consolemail://", refusal="Set EMAIL_URL to your mail server, or EMAIL_PROVIDER"
    )
)
vars().update(EMAIL_CONFIG)
ANYMAIL = {name.removeprefix("ANYMAIL_"): value for name, value in env.ENVIRON.items() if name.startswith("ANYMAIL_")}
if EMAIL_PROVIDER:
    EMAIL_BACKEND = f"anymail.backends.{EMAIL_PROVIDER}.EmailBackend"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Vivavoce <no-reply@localhost>")

# --- Bots ------------------------------------------------------------------------------------

#: The name of the agent, where bots run on Pipecat Cloud.
PIPECAT_CLOUD_AGENT = env.str("PIPECAT_CLOUD_AGENT", default="")
DEFAULT_RUNNER = (
    f"https://api.pipecat.daily.co/v1/public/{PIPECAT_CLOUD_AGENT}" if PIPECAT_CLOUD_AGENT else "http://127.0.0.1:7860"
)
#: Base URLs of the runners; a session is started by POST {base}/start.
BOT_RUNNER_URLS = [url.rstrip("/") for url in env.list("BOT_RUNNER_URLS", default=[]) or [DEFAULT_RUNNER]]
BOT_START_KEY = env.str("BOT_START_KEY", default="") or env.str("PIPECAT_CLOUD_API_KEY", default="")
#: One process saturates at about 8 bots; beyond the cap candidates wait in a queue.
BOT_SESSIONS_PER_RUNNER = env.int("BOT_SESSIONS_PER_RUNNER", default=2)
#: Which of the bots' providers are configured, by the variables that are set; None where bots run with an environment
#: of their own, so that it can't be known here.
BOT_PROVIDER_VARIABLES = {
    name
    for name, value in env.ENVIRON.items()
    if value and (name == "SANDBOX_URL" or name.startswith(("DEEPGRAM_", "AZURE_", "OPENAI_")))
} or None
if BOT_TRANSPORT == "daily":
    BOT_PROVIDER_VARIABLES = None
#: The language model that scores answers where a company chose none, and the variables that say how it is reached:
#: the bots' own, as interviews/domain/judging/judge.py reads them.
LLM_SERVICE = env.str("LLM_SERVICE", default="") or "azure"
LLM_PROVIDER = {
    name: value
    for name, value in env.ENVIRON.items()
    if value and (name == "SANDBOX_URL" or name.startswith(("AZURE_OPENAI_", "OPENAI_")))
}
#: The sandbox stands in for speech recognition and cannot hear; the lobby says so.
BOT_CANNOT_HEAR = bool(env.str("SANDBOX_URL", default="")) and not env.str("DEEPGRAM_API_KEY", default="")
#: Seconds without a heartbeat after which a session's bot counts as lost.
SESSION_LEASE_SECONDS = env.int("SESSION_LEASE_SECONDS", default=25)

# --- API -------------------------------------------------------------------------------------

#: How much one key may ask for. Source of the notation: the limits package.
API_RATE_LIMIT = env.str("API_RATE_LIMIT", default="600/minute")
#: host:port that webhooks and ATS call-backs may reach although it is on this machine, or speaks plain HTTP.
OUTBOUND_ALLOWED = env.list("OUTBOUND_ALLOWED", default=[])
#: The same for the call-backs' hosts: taken beside those that each ATS has of its own.
ATS_HOSTS_ALLOWED = env.list("ATS_HOSTS_ALLOWED", default=[])
#: Where the two ATSs are told of results that do not name an address with each order.
ASHBY_URL = env.str("ASHBY_URL", default="https://api.ashbyhq.com").rstrip("/")
RECRUITEE_URL = env.str("RECRUITEE_URL", default="https://integrations.recruitee.com").rstrip("/")
REST_FRAMEWORK = {"DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema"}
SPECTACULAR_SETTINGS = {
    "TITLE": "Vivavoce API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": "Invite candidates to voice interviews, follow them, and fetch what came of them.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "LocaleEnum": "interviews.api.candidates.LOCALES",
        "InvitationStatusEnum": "interviews.enums.InvitationStatus",
        "InterviewStatusEnum": "interviews.enums.InterviewStatus",
        "SessionStatusEnum": "interviews.enums.SessionStatus",
        "DeliveryStatusEnum": "interviews.enums.DeliveryStatus",
        "ErasureStatusEnum": "interviews.enums.ErasureStatus",
        "EventsEnum": "interviews.api.webhooks.EVENTS",
        "EmailStatusEnum": "interviews.enums.EmailStatus",
    },
    "PREPROCESSING_HOOKS": ["interviews.api.schema.keep_api_only"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "interviews.api.schema_webhooks.add_event_stream",
        "interviews.api.schema_webhooks.add_webhooks",
        "interviews.api.schema.add_headers",
        "interviews.api.schema.close_bodies",
        "interviews.api.schema_examples.add_examples",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
}

UNFOLD = {
    "SITE_TITLE": "interviews.console.branding.name_site",
    "SITE_HEADER": "interviews.console.branding.name_site",
    "SITE_SUBHEADER": "interviews.console.branding.describe_site",
    "SITE_ICON": "interviews.console.branding.link_logo",
    "SITE_FAVICONS": [{"rel": "icon", "href": "interviews.console.branding.link_icon"}],
    "SITE_SYMBOL": "graphic_eq",
    "SITE_URL": None,
    "BORDER_RADIUS": "8px",
    "COLORS": {"primary": "interviews.console.branding.shade_primary"},
    "STYLES": ["interviews.console.branding.stylesheet"],
    "DASHBOARD_CALLBACK": "interviews.console.dashboard.fill_dashboard",
    "SIDEBAR": {"navigation": "interviews.console.navigation.build_navigation"},
    "TABS": "interviews.console.navigation.build_tabs",
    "ACCOUNT": {"navigation": "interviews.console.navigation.link_account"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # It would write down each address that is called, and webhooks' addresses may hold a secret.
    "loggers": {"httpx": {"level": "WARNING"}},
}
