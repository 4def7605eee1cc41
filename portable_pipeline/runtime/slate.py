"""What a process of attempts notes down for its server, in memory that both see: nobody has to be woken for it."""

import mmap

#: Counts take 8 bytes each; behind them are the flags and the log's path, with its length before it.
_TAKEN, _BEGUN, _DONE, _LENGTH, _LOG = slice(0, 8), slice(8, 16), slice(16, 24), slice(28, 32), 32
_HEARD, _ANSWERING, _WAITING = 24, 25, 26
#: A path has at most a page.
_BYTES = 2 * mmap.PAGESIZE


class Slate:
    """The jobs of a server, counted from 1: at most one is under way, the one after those that are done."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _BYTES)

    def wait(self) -> None:
        """The process is done with the last job and all that it has left, and waits for the next one."""
        self._memory[_WAITING] = True

    def take(self) -> None:
        """The process goes for the next job, and will read it if nobody kills it."""
        self._memory[_WAITING] = False
        self._memory[_TAKEN] = _written(self.done() + 1)

    def begin(self, log: str) -> None:
        """It has read the job, whose log is to stand there."""
        path = log.encode()
        self._memory[_LENGTH] = len(path).to_bytes(4, "little")
        self._memory[_LOG : _LOG + len(path)] = path
        self._memory[_BEGUN] = _written(self.done() + 1)

    def answer(self, directly: bool) -> None:
        """The process answers the job itself, unless it finds that it is heard; or does not do so."""
        self._memory[_ANSWERING] = directly

    def end(self) -> None:
        """The job is answered."""
        self._memory[_DONE] = _written(self.done() + 1)
        self._memory[_ANSWERING] = False

    def hear(self, wanted: bool) -> None:
        """The server takes what is printed, and has the answer to the job under way; or no longer.

        Until it no longer does, the process takes no other job: what is printed would go to the log of the last one.
        """
        self._memory[_HEARD] = wanted

    def is_heard(self) -> bool:
        """Whether the server wants to have the answer."""
        return bool(self._memory[_HEARD])

    def is_answering(self) -> bool:
        """Whether the process may be answering the job itself at this moment."""
        return bool(self._memory[_ANSWERING])

    def is_waiting(self) -> bool:
        """Whether the process waits for the next job."""
        return bool(self._memory[_WAITING])

    def done(self) -> int:
        """How many jobs are answered."""
        return _read(self._memory[_DONE])

    def is_taken(self) -> bool:
        """Whether the process has gone for a job that is not answered."""
        return _read(self._memory[_TAKEN]) > self.done()

    def has_begun(self) -> bool:
        """Whether the process has read a job that is not answered."""
        return _read(self._memory[_BEGUN]) > self.done()

    def log(self) -> str | None:
        """The log of the job that was read last; None if there was none."""
        if not _read(self._memory[_BEGUN]):
            return None
        length = int.from_bytes(self._memory[_LENGTH], "little")
        return self._memory[_LOG : _LOG + length].decode()


def _written(count: int) -> bytes:
    return count.to_bytes(8, "little")


def _read(count: bytes) -> int:
    return int.from_bytes(count, "little")
