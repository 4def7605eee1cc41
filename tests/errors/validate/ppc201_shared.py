from portable_pipeline import Dataset, Directory, Output, pipeline, stage, uri


@stage(timeout="5m")
def ingest(
    raw: Output[Dataset] = uri("{root}/{run_date}/raw.csv"),
    copy: Output[Dataset] = uri("{root}//{run_date}/./raw.csv"),
) -> None:
    """Both are one file."""


@stage(timeout="5m")
def split(parts: Output[Directory] = uri("{root}/{run_date}/parts")) -> None:
    """A folder."""


@stage(timeout="5m")
def train(model: Output[Dataset] = uri("{root}/{run_date}/parts/model.bin")) -> None:
    """Inside that folder."""


@stage(timeout="5m")
def export(table: Output[Dataset] = uri("{root}/{run_date}/{region}.csv")) -> None:
    """The region may be called raw."""


@stage(timeout="5m")
def publish(table: Output[Dataset] = uri("{site}/{region}.html")) -> None:
    """Another root, but no other address ends like this."""


@pipeline
def nightly(root: str = "/data", region: str = "north", site: str = "/site"):
    ingest()
    split()
    train()
    export()
    publish()
