"""Requests for images: what a POST body and an uploaded table ask for, checked and made exact."""
