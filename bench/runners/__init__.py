"""What a stage costs in our runner, in others, and at the least."""
