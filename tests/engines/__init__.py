"""The backends on their real engines, beyond what the contract suite shows of all."""
