"""Processes with less of the machine than it has: a small disk, a part of a processor, little memory."""
