def from_text():
    namespace = {}
    exec("def made() -> int:\n    return 3", namespace)
    return namespace["made"]


def unwrapped(function):
    def again() -> int:
        return function()

    return again
