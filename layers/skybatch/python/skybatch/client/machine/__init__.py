"""What the client keeps on this machine: its configuration, and a list of what was submitted."""
