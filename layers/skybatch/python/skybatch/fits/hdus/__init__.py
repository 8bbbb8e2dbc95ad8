"""The image among the HDUs of a file, and its header as that of a file of one image."""
