"""Programs that use API clients which generators made: submit a FITS file, wait, download.

Each is run by `tests.contract.test_generated_clients` beside the client that a generator made for it, and
prints one JSON object: ``state`` of the batch, ``bytes`` of its archive, ``code`` of a refused request.
"""
