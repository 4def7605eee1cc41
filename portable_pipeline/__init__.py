"""portable-pipeline: write a pipeline once, compile it to every orchestrator."""
