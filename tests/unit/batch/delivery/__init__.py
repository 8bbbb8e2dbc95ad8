"""Tests of `skybatch.batch.delivery`."""
