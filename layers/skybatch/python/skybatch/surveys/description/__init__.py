"""Surveys as data: a TOML file that describes a survey, read into a frozen `Survey` and checked."""
