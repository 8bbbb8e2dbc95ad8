"""Where the images of a data set lie: in the archive, or in the bucket that its description names."""
