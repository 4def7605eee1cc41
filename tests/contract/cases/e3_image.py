"""E3.image: a command that asks for a container image."""

from portable_pipeline import command, pipeline

hello = command(["echo", "hello"], name="hello", image="docker.io/library/busybox:1.36")


@pipeline
def e3_image():
    hello()
