"""What pages show of the results of a batch: targets and their pictures, commands, other views of the sky."""
