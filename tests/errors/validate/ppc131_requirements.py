from portable_pipeline import pipeline, stage


@stage(timeout="5m")
def train() -> None:
    print("trained")


@pipeline(packages=["scikit-learn=1.7.2", "pandas>=2,<3; python_version > '3.9'", "-r requirements.txt", "", "numpy"])
def nightly():
    train()
