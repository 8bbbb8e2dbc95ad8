"""Bundles: objects that hold many finished images as a fragment of the archive, and their joining to it.

This package knows bytes and objects, nothing of batches and tasks but their numbers.
"""
