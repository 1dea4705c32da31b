"""Operations that run concurrently in virtual time, against a service whose responses a test chooses."""

import heapq
from collections import deque
from itertools import count

from jobwait._httpx import httpx
from jobwait._polling.commands import Compute, Gather, Notify, Poll, Result, SendRequest, Sleep

EPOCH = 1_767_225_600.0


class VirtualTime:
    """
    Drives operations. *respond*(request, now) gives a response, or an exception, when a request arrives.

    latency: a function of nothing that gives the seconds from sending to response; half of them before the arrival.
    sent: (when, method, path) of each request.
    """

    def __init__(self, respond, latency=lambda: 0.2) -> None:
        self.now, self.sent = 0.0, []
        self._respond, self._latency = respond, latency
        self._events, self._numbers, self._asleep = [], count(), {}

    def at(self, when, do) -> None:
        """Call *do* at the time *when*."""
        heapq.heappush(self._events, (when, next(self._numbers), do))

    def run(self, *operations):
        """Drive *operations* to their ends, concurrently; what each returned."""
        ended = {}
        for number, operation in enumerate(operations):
            self._step(operation, None, lambda value, number=number: ended.update({number: value}))
        while len(ended) < len(operations):
            when, _, do = heapq.heappop(self._events)
            self.now = max(self.now, when)
            do()
            for key in [one for one, (wake_up, _) in self._asleep.items() if wake_up._woken]:
                self._asleep[key][0]._consume()
                self._asleep.pop(key)[1]()
        return [ended[number] for number in range(len(operations))]

    def _step(self, operation, value, done) -> None:
        try:
            command = next(operation) if value is None else operation.send(value)
            while isinstance(command, Compute):
                command = self._computed(operation, command)
        except StopIteration as end:
            done(end.value)
            return

        def go(value=None) -> None:
            self._step(operation, Result(self.now, EPOCH + self.now, value), done)

        match command:
            case Sleep():
                self._sleep(command, go)
            case Poll() | SendRequest():
                self._send(command, go)
            case Gather():
                self._gather(command, go)
            case Notify():
                go()

    def _computed(self, operation, command):
        """The command after *command*, which takes no time."""
        try:
            command.work()
        except Exception as error:  # noqa: BLE001 - raised again by the operation
            return operation.throw(error)
        return operation.send(Result(self.now, EPOCH + self.now))

    def _sleep(self, command, go) -> None:
        key = next(self._numbers)

        def wake() -> None:
            if self._asleep.pop(key, None) is not None:
                go()

        self._asleep[key] = (command.wake_up or _Never, go)
        self.at(self.now + command.seconds, wake)

    def _send(self, command, go) -> None:
        request = command.service.poll(command.client, command.ids) if isinstance(command, Poll) else command.build()
        self.sent.append((self.now, request.method, request.url.path))
        half = self._latency() / 2

        def arrive() -> None:
            answer = self._respond(request, self.now)
            self.at(self.now + half, lambda: go(answer))

        self.at(self.now + half, arrive)

    def _gather(self, command, go) -> None:
        left, results, running = deque(enumerate(command.operations)), {}, [0]

        def more() -> None:
            while left and running[0] < command.most:
                number, operation = left.popleft()
                running[0] += 1
                self._step(operation, None, lambda value, number=number: ended(number, value))

        def ended(number, value) -> None:
            running[0] -= 1
            results[number] = value
            if command.each is not None:
                command.each(number, value)
            more()
            if not running[0] and len(results) == len(command.operations):
                go([results[one] for one in sorted(results)])

        more()
        if not command.operations:
            go([])


class _Never:
    _woken = False


class SlidingWindow:
    """A service's limiter: *requests* in any *seconds* for each path prefix; *refused* counts what it refused."""

    def __init__(self, requests, seconds, retry_after=None) -> None:
        self.requests, self.seconds, self.retry_after, self.refused, self._taken = requests, seconds, retry_after, 0, {}

    def refuses(self, operation, now) -> httpx.Response | None:
        """A 429, or None if the request may pass."""
        taken = self._taken.setdefault(operation, deque())
        while taken and taken[0] <= now - self.seconds:
            taken.popleft()
        if len(taken) < self.requests:
            taken.append(now)
            return None
        self.refused += 1
        headers = {} if self.retry_after is None else {"retry-after": str(self.retry_after)}
        return httpx.Response(429, headers=headers, json={"detail": "too many", "message": "too many"})
