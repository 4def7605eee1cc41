"""Prefect: sessions, servers, deployments."""
