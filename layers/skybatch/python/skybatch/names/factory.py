"""The resolver of a deployment: its services, with cache and lease in the results bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skybatch.names.resolver import Resolver
from skybatch.names.s3_cache import PREFIX, S3ResponseCache
from skybatch.names.s3_lease import S3Lease
from skybatch.names.services import NED, Service, configured_services

if TYPE_CHECKING:
    from obstore.store import ObjectStore

    from skybatch.settings import Settings

NED_LEASE_KEY = f"{PREFIX}/ned-turn"


def make_resolver(objects: ObjectStore, settings: Settings) -> Resolver:
    """Return a resolver of the services that the settings name; ``objects`` is the results bucket."""
    lease = S3Lease(objects, NED_LEASE_KEY, NED.interval)
    return Resolver(_services(settings), S3ResponseCache(objects), {NED.name: lease})


def make_local_resolver(settings: Settings) -> Resolver:
    """Return a resolver for one process, which keeps NED's interval by itself and caches nothing."""
    return Resolver(_services(settings))


def _services(settings: Settings) -> tuple[Service, ...]:
    return configured_services(
        irsa=settings.irsa_resolver,
        ned=settings.ned_resolver,
        simbad=settings.simbad_resolver,
        timeout=float(settings.resolver_timeout),
        ned_interval=NED.interval,
    )
