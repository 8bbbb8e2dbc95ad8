"""What tests of the packaging tools share."""
