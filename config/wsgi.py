"""HTTP alone, for `manage.py runserver` and WSGI servers; the rooms and the relay need `config.asgi`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from tenants.checks import refuse_breached_wall  # noqa: E402 - needs the apps to be loaded

refuse_breached_wall()
