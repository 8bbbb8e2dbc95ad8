"""The name services IRSA, NED and SIMBAD: their addresses and the limits on requests to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Service:
    """A name service.

    Attributes
    ----------
    name
        Name of the service, as shown to users.
    url_template
        Its URL, with ``{name}`` where the percent-encoded object name goes.
    timeout
        Longest time of one request as a whole, in seconds.
    max_concurrent
        Most requests at a time.
    interval
        Shortest time from the start of one request to the next, in seconds.
    """

    name: str
    url_template: str
    timeout: float = 10.0
    max_concurrent: int = 4
    interval: float = 0.0

    def at(self, base: str) -> Service:
        """Return the service on another host, such as ``http://127.0.0.1:8080``, with the same path."""
        parts = urlsplit(self.url_template)
        path = self.url_template.removeprefix(f"{parts.scheme}://{parts.netloc}")
        return replace(self, url_template=base.rstrip("/") + path)


IRSA = Service("IRSA", "https://irsa.ipac.caltech.edu/cgi-bin/Lookup/nph-lookup?location={name}")
# NED asks for at most one request a second, and none at the same time.
NED = Service(
    "NED", "https://ned.ipac.caltech.edu/srs/ObjectLookup?name={name}", max_concurrent=1, interval=1.0
)
SIMBAD = Service("SIMBAD", "https://cds.unistra.fr/cgi-bin/nph-sesame/-oI/S?{name}")
SERVICES = (IRSA, NED, SIMBAD)


def configured_services(
    *, irsa: str = "", ned: str = "", simbad: str = "", timeout: float = 10.0, ned_interval: float = 1.0
) -> tuple[Service, ...]:
    """Return the services as a deployment configures them, in the order they are queried.

    Parameters
    ----------
    irsa, ned, simbad
        A URL template that holds ``{name}``, or a base such as ``https://host`` to which the usual path of
        the service is added; empty for the service's own address.
    timeout
        Longest time of one request, in seconds.
    ned_interval
        Shortest time between requests to NED, in seconds.
    """
    services = []
    for service, address in ((IRSA, irsa), (NED, ned), (SIMBAD, simbad)):
        interval = ned_interval if service is NED else 0.0
        services.append(replace(_relocated(service, address), timeout=timeout, interval=interval))
    return tuple(services)


def _relocated(service: Service, address: str) -> Service:
    if "{name}" in address:
        return replace(service, url_template=address)
    return service.at(address) if address else service
