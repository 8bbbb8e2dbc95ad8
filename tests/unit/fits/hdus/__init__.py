"""Tests of the image among the HDUs of a file."""
