def compute() -> int:
    return 1 // 0


VALUE = compute()
