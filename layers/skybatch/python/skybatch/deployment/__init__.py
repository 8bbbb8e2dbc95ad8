"""Operators' work around a deployment: what to check before it, and to try after it."""
