VALUES = {"a": 1}


def compute() -> int:
    return VALUES["b"]


VALUE = compute()
