"""The contract: what each rule of the semantics means, shown on the local runner and on every real engine."""
