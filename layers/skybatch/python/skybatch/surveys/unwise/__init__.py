"""unWISE: coadds of the WISE exposures at their full resolution."""
