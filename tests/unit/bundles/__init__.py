"""Tests of `skybatch.bundles`."""
