"""The process of an attempt begins here: `python .../stage_runtime/__main__.py RESULTS`.

The job is on standard input; RESULTS is the number of the file descriptor that takes the answer.
"""

import sys

if __name__ == "__main__":  # and not when multiprocessing loads this file again in a process that the stage starts
    # Python puts this folder first on the path, but the stages' code is in the one around it.
    folder = __file__.rpartition("/")[0]
    code = folder.rpartition("/")[0]
    sys.path[:] = [code, *(entry for entry in sys.path if entry != folder)]
    __package__ = "stage_runtime"
    if sys.argv[1] == "forkserver":
        from . import forkserver

        forkserver.main()
    elif sys.argv[1] == "serve":
        from . import serve

        sys.path.insert(0, sys.argv[2])
        serve.main(serve.Ends(*map(int, sys.argv[3:])), sys.argv[2], ())
    else:
        from .stage import main

        main()
