from portable_pipeline import command, pipeline

nothing = command([], name="nothing", timeout="1m")
awk = command("awk '{print $1}' /etc/hosts }", name="awk", timeout="1m")


@pipeline
def nightly():
    nothing()
    awk()
