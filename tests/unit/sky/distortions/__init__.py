"""Tests of distortions."""
