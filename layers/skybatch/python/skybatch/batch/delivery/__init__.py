"""Single images and previews of a batch, found in its bundles when somebody asks for them."""
