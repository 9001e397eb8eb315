"""Which addresses an ATS may be called back at. A hostile one would be sent the key."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.conf import settings

from interviews.domain.outbound import AddressRefused, check_address
from interviews.enums import AtsSystem

#: Domains of each ATS; names below them are theirs too.
DOMAINS = {
    AtsSystem.GREENHOUSE: ("greenhouse.io",),
    AtsSystem.ASHBY: ("api.ashbyhq.com",),
    AtsSystem.WORKABLE: ("workable.com",),
    AtsSystem.RECRUITEE: ("recruitee.com",),
}
#: What a host name may be made of. Anything else might be read in two ways.
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
#: Of an address, in characters.
LONGEST = 2000


def check_host(*, system: str, url: str) -> None:
    """Raises AddressRefused unless the address is the ATS's own, or the installation's for tests."""
    if len(url) > LONGEST or not url.isascii() or any(char in url for char in "\\ \t\r\n"):
        raise AddressRefused("This is no address.")
    check_address(url)
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if f"{host}:{port}" in settings.ATS_HOSTS_ALLOWED:
        return
    own = any(host == domain or host.endswith(f".{domain}") for domain in DOMAINS[AtsSystem(system)])
    if not own or not HOST.fullmatch(host) or port != 443 or parts.scheme != "https":
        raise AddressRefused(f"This is not an address of {AtsSystem(system).label}.")
