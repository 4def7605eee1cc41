"""What holds for every pipeline, tried on random ones."""
