"""How images are bent: SIP polynomials, and projections that astropy works out."""
