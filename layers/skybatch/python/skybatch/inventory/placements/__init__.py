"""Where images of any WCS lie, kept as what they have in common and what each has for itself."""
