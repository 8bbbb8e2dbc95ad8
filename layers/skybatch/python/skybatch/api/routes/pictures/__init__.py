"""What is to be looked at: sketches of the sky, previews, the large view of an image."""
