"""Settings: one file, driven by the environment, running with no configuration at all.

README.md lists every variable. `MAWSIM_ENV=production` switches the strict half on: secrets and
hosts must then be given, cookies are secure, and HTTPS is required.
"""

import os
import secrets
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from mawsim.core import env, languages
from mawsim.core.services.paths import embedded_urls, var_dir

# A waiting OpenMP thread that spins turns a 12 ms query into half a second on a busy machine.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = var_dir()
ENVIRONMENT = env.text("MAWSIM_ENV", "development")
if ENVIRONMENT not in {"development", "production", "test"}:
    raise env.BadEnvironment(f"MAWSIM_ENV must be development, production or test, not {ENVIRONMENT!r}")
PRODUCTION = ENVIRONMENT == "production"
DEBUG = env.flag("DEBUG", default=False)


def _development_secret() -> str:
    """A secret that outlives restarts, so that nobody is logged out by one."""
    path = VAR_DIR / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50), encoding="utf-8")
    return path.read_text(encoding="utf-8")


SECRET_KEY = env.text("SECRET_KEY") if PRODUCTION else env.text("SECRET_KEY", _development_secret())
ALLOWED_HOSTS = env.listed("ALLOWED_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1],testserver")
if PRODUCTION and not ALLOWED_HOSTS:
    raise env.BadEnvironment("ALLOWED_HOSTS must name the site's hosts when MAWSIM_ENV=production")
SITE_URL = env.text("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = env.listed("CSRF_TRUSTED_ORIGINS", SITE_URL if PRODUCTION else "")

INSTALLED_APPS = [
    "mawsim.core",
    "mawsim.accounts",
    "mawsim.taxonomy",
    "mawsim.translation",
    "mawsim.listings",
    "mawsim.matches",
    "mawsim.deals",
    "mawsim.demo",
    "mawsim.web",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "mawsim.web.middleware.CleanInput",
    "mawsim.web.middleware.ReaderLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "mawsim.web.middleware.ReaderTimeZone",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "mawsim.web.middleware.ReadableErrors",
]
ROOT_URLCONF = "mawsim.urls"
WSGI_APPLICATION = "mawsim.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mawsim.web.context.page",
            ],
        },
    }
]

# --- Real parts: embedded by default, one URL away from a real server -----------------------------
_embedded = embedded_urls()
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **env.database(env.text("DATABASE_URL", _embedded.database)),
        "CONN_HEALTH_CHECKS": True,  # a killed backend drops every connection; the next request heals
        "CONN_MAX_AGE": 60,
    }
}
CACHES = {
    "default": {
        "BACKEND": "mawsim.core.cache.ForgivingCache",
        "LOCATION": env.text("CACHE_URL", _embedded.cache),
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},  # a silent server counts as none
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # outlives the loss of the cache

# --- Celery ---------------------------------------------------------------------------------------
CELERY_BROKER_URL = env.text("BROKER_URL", _embedded.broker)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 600
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# With the defaults, the tasks of a killed worker were not back after 40 seconds.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": CELERY_TASK_TIME_LIMIT,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
}
# Sweeps pick up whatever is left to do, so that correctness never rests on the broker.
CELERY_BEAT_SCHEDULE = {
    "sweep-index": {"task": "matches.index_pending", "schedule": 30},
    "sweep-translations": {"task": "listings.translate_pending", "schedule": 60},
    "sweep-bodies": {"task": "listings.translate_bodies", "schedule": 60},
    "clear-sessions": {"task": "accounts.clear_sessions", "schedule": 86_400},
    "sweep-mail": {"task": "accounts.send_pending_mail", "schedule": 60},
    "sweep-messages": {"task": "deals.translate_pending", "schedule": 30},
    "expire-listings": {"task": "listings.expire", "schedule": 600},
    "expire-interests": {"task": "deals.expire_interests", "schedule": 3600},
    "rebuild-snapshot": {"task": "matches.rebuild_snapshot", "schedule": 600},
    "count-terms": {"task": "matches.count_terms", "schedule": 1800},
    "sweep-suggestions": {"task": "matches.update_suggestions", "schedule": 30},
    "refresh-suggestions": {"task": "matches.refresh_suggestions", "schedule": 300},
    "saved-searches": {"task": "matches.alert_saved_searches", "schedule": 3600},
}

# --- Notices from lower layers to higher ones (mawsim.core.events) --------------------------------
EVENT_HANDLERS = {
    "organisation_changed": ["mawsim.listings.actions.organisation_changed"],
    "listing_changed": ["mawsim.matches.actions.wake_indexer"],
    "translations_changed": [
        "mawsim.listings.actions.translations_changed",
        "mawsim.deals.actions.translations_changed",
    ],
}

# --- The engine -----------------------------------------------------------------------------------
EMBEDDING_MODEL = env.text("EMBEDDING_MODEL", "")  # empty: the bundled model
SNAPSHOT_DIR = Path(env.text("SNAPSHOT_DIR", str(VAR_DIR / "index")))
SNAPSHOT_THREADS = env.number("SNAPSHOT_THREADS", max(1, (os.cpu_count() or 1) // 2))  # search needs the rest
MILVUS_URL = env.text("MILVUS_URL", "")  # empty: FAISS snapshots on this machine
MILVUS_TOKEN = env.text("MILVUS_TOKEN", "")
MILVUS_INDEX = env.text("MILVUS_INDEX", "HNSW")  # HNSW, DISKANN, FLAT...: Milvus' own names
REFERENCE_RATES = env.text("REFERENCE_RATES", "")  # of currencies; empty: the bundled ones

# --- Translation ----------------------------------------------------------------------------------
# Our own model is asked as soon as it lies in its folder.
_HAS_MODEL = (Path(__file__).parent / "translation/neural/model/manifest.json").is_file()
TRANSLATION_ENGINES = env.listed("TRANSLATION_ENGINES", "memory,neural" if _HAS_MODEL else "memory")
# Another order for some pairs of languages: "ko>en=memory+chat,*>th=memory+deepl".
TRANSLATION_ROUTES = {pair: names.split("+") for pair, names in env.table("TRANSLATION_ROUTES").items()}
# Who may see the texts of organisations and conversations: what runs on this site's own machines.
TRANSLATION_CONFIDENTIAL_ENGINES = env.listed(
    "TRANSLATION_CONFIDENTIAL_ENGINES", "memory,neural,ctranslate2,fake"
)
TRANSLATION_TIMEOUT = env.number("TRANSLATION_TIMEOUT", 20)  # seconds per call of an engine
TRANSLATION_CHARS_PER_DAY = env.numbers("TRANSLATION_CHARS_PER_DAY")  # {engine: characters}
TRANSLATION_CHARS_PER_MONTH = env.numbers("TRANSLATION_CHARS_PER_MONTH")
TRANSLATION_CALLS_PER_MINUTE = env.numbers("TRANSLATION_CALLS_PER_MINUTE")
TRANSLATION_PRICES = env.numbers("TRANSLATION_PRICES")  # {engine: price of a million characters}
NEURAL_MODEL = env.text("NEURAL_MODEL", "")  # folder of our own model; empty: the bundled one
CTRANSLATE2_MODEL = env.text("CTRANSLATE2_MODEL", "")  # folder made by convert_translation_model
CHAT_URL = env.text("CHAT_URL", "")  # of an OpenAI-compatible server, up to and with /v1
CHAT_KEY = env.text("CHAT_KEY", "")
CHAT_MODEL = env.text("CHAT_MODEL", "")
LIBRETRANSLATE_URL = env.text("LIBRETRANSLATE_URL", "")
LIBRETRANSLATE_KEY = env.text("LIBRETRANSLATE_KEY", "")
DEEPL_URL = env.text("DEEPL_URL", "https://api-free.deepl.com")
DEEPL_KEY = env.text("DEEPL_KEY", "")

# --- Lifetimes ------------------------------------------------------------------------------------
LISTING_LIFETIME_DAYS = env.number("LISTING_LIFETIME_DAYS", 365)
INTEREST_LIFETIME_DAYS = env.number("INTEREST_LIFETIME_DAYS", 30)

# --- Users ----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "web:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "web:landing"
ACCOUNT_ADAPTER = "mawsim.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # only in the browser that signed up
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # a stolen session changes neither address nor second factor
ACCOUNT_CHANGE_EMAIL = True  # one address a person: a new one replaces it once it is confirmed
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a changed password or second factor is told by mail
ACCOUNT_RATE_LIMITS = {
    "signup": "10/m/ip,60/h/ip",
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "10/m/ip,3/10m/key",
    "confirm_email": "1/2m/key",
    "manage_email": "5/m/user",
}
ACCOUNT_FORMS = {
    "signup": "mawsim.web.forms.account.SignupForm",
    "login": "mawsim.web.forms.account.LoginForm",
    "add_email": "mawsim.web.forms.account.EmailForm",
    "change_password": "mawsim.web.forms.account.ChangePasswordForm",
    "set_password": "mawsim.web.forms.account.SetPasswordForm",
    "reset_password": "mawsim.web.forms.account.ResetPasswordForm",
    "reset_password_from_key": "mawsim.web.forms.account.ResetPasswordKeyForm",
    "reauthenticate": "mawsim.web.forms.account.ReauthenticateForm",
}
MFA_ADAPTER = "mawsim.accounts.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate": "mawsim.web.forms.account.CodeForm",
    "reauthenticate": "mawsim.web.forms.account.CodeAgainForm",
    "activate_totp": "mawsim.web.forms.account.ActivateCodeForm",
}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Mawsim"

# --- Languages ------------------------------------------------------------------------------------
languages.register_with_django()
LANGUAGE_CODE = "en"
LANGUAGES = languages.DJANGO_LANGUAGES
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "mawsim_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Static files, mail, logs ---------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(VAR_DIR / "static")))
WHITENOISE_USE_FINDERS = not PRODUCTION
if WHITENOISE_USE_FINDERS:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # stays empty; WhiteNoise warns where it is missing
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
EMAIL_HOST = env.text("EMAIL_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_PORT = env.number("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_TIMEOUT = 20  # seconds; without one a silent server would hold a worker for good
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=True)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Mawsim <no-reply@mawsim.example>")
LOG_LEVEL = env.text("LOG_LEVEL", "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "mawsim.core.logs.formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}

# --- Security -------------------------------------------------------------------------------------
BEHIND_PROXY = env.flag("BEHIND_PROXY")  # one proxy that sets X-Forwarded-Proto and X-Forwarded-For
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PRODUCTION
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # a listing is 20 kB at most; a 10 MB body is refused unread
CONTENT_SECURITY_POLICY = {
    # The admin's theme runs inline scripts; staff alone reach it.
    "EXCLUDE_URL_PREFIXES": ["/admin/"],
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "object-src": [NONE],
    },
}

UNFOLD = {"SITE_TITLE": "Mawsim", "SITE_HEADER": "Mawsim", "SITE_SYMBOL": "sailing", "SITE_URL": "/"}
