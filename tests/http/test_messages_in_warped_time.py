"""Repetition, limits, hosts and deadlines on a clock that jumps: every second is exact."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffvet.messages.client import FALLBACK, MessagesClient
from diffvet.messages.errors import (
    ApiError,
    AuthenticationError,
    MessagesError,
    RateLimitError,
    Stage,
    TransportError,
)
from diffvet.messages.hosts import STICKY, Host, HostsExchange
from diffvet.messages.limiter import LONGEST_PAUSE, LimitedExchange, Limiter
from diffvet.messages.peer import most_requests
from diffvet.messages.retry import RetryingExchange, RetryPolicy
from diffvet.messages.wire import ONE_REQUEST, HttpReply, HttpRequest, Trip

WARPED_TIME = True
OK = HttpReply(200, {}, b'{"content": "fine"}')
DOWN = TransportError("h could not be reached")
GONE = TransportError("h broke off", stage=Stage.UNANSWERED)
SILENT = TransportError("h was silent", stage=Stage.SILENT)
CUT = TransportError("h broke off", stage=Stage.BEGUN)
CERTIFICATE = TransportError("h has a certificate that is not trusted", retryable=False)

Outcome = HttpReply | MessagesError | Callable[[], Awaitable[HttpReply]]


def now() -> float:
    return asyncio.get_running_loop().time()


def status(number: int, text: bytes = b"busy", **headers: str) -> HttpReply:
    return HttpReply(number, {name.replace("_", "-"): value for name, value in headers.items()}, text)


@dataclass
class Scripted:
    """An exchange that plays its outcomes in order, then the last one for ever; keeps the moments of its calls."""

    outcomes: list[Outcome]
    takes: float = 0.0
    times: list[float] = field(default_factory=list)

    async def __call__(self, request: HttpRequest) -> HttpReply:
        request.trip.add(ONE_REQUEST)
        self.times.append(now())
        await asyncio.sleep(self.takes)
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if isinstance(outcome, TransportError):
            raise TransportError(str(outcome), retryable=outcome.retryable, stage=outcome.stage)
        assert isinstance(outcome, HttpReply)
        return outcome


def request(deadline: float = 300.0) -> HttpRequest:
    return HttpRequest("POST", "/v1/messages", trip=Trip(now() + deadline))


def retrying(peer: Scripted, *, dice: float = 1.0, **policy: float) -> RetryingExchange:
    return RetryingExchange(peer, RetryPolicy(**policy), dice=lambda: dice)


# -- repetition ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "first",
    [
        *(status(number) for number in (408, 409, 429, 500, 502, 503, 504, 529)),
        status(200, b'{"error": {"type": "overloaded_error", "message": "busy"}}'),
        DOWN,
        GONE,
    ],
)
async def test_what_can_heal_is_sent_again_after_a_pause(first):
    peer = Scripted([first, OK])
    assert await retrying(peer)(request()) == OK
    assert peer.times == [0, 1]


@pytest.mark.parametrize(
    "first",
    [
        *(status(number) for number in (301, 400, 401, 402, 403, 404, 405, 407, 413, 418, 422)),
        status(429, b"Authentication required", x_error_code="RATE_LIMIT_ERROR"),
        status(429, b"no credits", x_error_code="INSUFFICIENT_CREDITS"),
        status(429, b'{"error": {"code": "insufficient_quota"}}'),
        status(429, b'{"error": {"details": {"error_code": "enforced_spend_limit_reached"}}}'),
        status(200, b'{"error": "Model not found"}'),
        status(200, b"<html>"),
        status(200, b""),
        SILENT,
        CUT,
        CERTIFICATE,
    ],
)
async def test_what_cannot_heal_or_may_be_billed_twice_is_sent_once(first):
    peer = Scripted([first, OK])
    if isinstance(first, TransportError):
        with pytest.raises(TransportError, match=str(first)):
            await retrying(peer)(request())
    else:
        assert await retrying(peer)(request()) == first
    assert peer.times == [0]


async def test_the_tries_are_bounded_and_the_last_error_says_how_many():
    peer = Scripted([status(503)])
    with pytest.raises(ApiError, match=r"answered 503: busy; tried 3 times$") as caught:
        await retrying(peer)(request())
    assert caught.value.status == 503
    assert peer.times == [0, 1, 3]


async def test_a_single_try_is_not_counted_aloud():
    with pytest.raises(TransportError, match=r"^h could not be reached$"):
        await retrying(Scripted([DOWN]), tries=1)(request())


async def test_pauses_double_up_to_the_longest():
    peer = Scripted([status(500)])
    with pytest.raises(ApiError):
        await retrying(peer, tries=7, first=1, longest=5)(request())
    assert [after - before for before, after in zip(peer.times, peer.times[1:], strict=False)] == [
        1,
        2,
        4,
        5,
        5,
        5,
    ]


@pytest.mark.parametrize("dice", [0.0, 0.25])
async def test_the_pause_is_a_random_part_of_its_bound(dice):
    peer = Scripted([status(500), OK])
    await retrying(peer, dice=dice, first=8)(request())
    assert peer.times == [0, 8 * dice]


@pytest.mark.parametrize("number", [429, 503, 529])
async def test_retry_after_is_waited_for(number):
    peer = Scripted([status(number, retry_after="30"), OK])
    assert await retrying(peer, dice=0.5)(request()) == OK
    assert peer.times == [0, 30]


async def test_retry_after_zero_does_not_take_the_pause_away():
    peer = Scripted([status(429, retry_after="0"), OK])
    await retrying(peer)(request())
    assert peer.times == [0, 1]


async def test_a_retry_after_beyond_the_deadline_fails_at_once_and_says_so():
    peer = Scripted([status(429, retry_after="3600"), OK])
    with pytest.raises(RateLimitError, match=r"it asks to wait 3,600 seconds, and 300 are left$") as caught:
        await retrying(peer)(request())
    assert (caught.value.retry_after, now(), peer.times) == (3600, 0, [0])


async def test_no_try_is_begun_that_the_deadline_would_cut():
    peer = Scripted([status(500)], takes=4)
    with pytest.raises(ApiError, match="no time is left to try again"):
        await retrying(peer, first=2)(request(deadline=5))
    assert now() == 4


async def test_many_units_do_not_each_try_an_unreachable_host_to_the_end():
    peer = Scripted([DOWN])
    exchange = RetryingExchange(LimitedExchange(peer, Limiter(concurrency=1)))
    for _ in range(50):
        with pytest.raises(TransportError):
            await exchange(request())
    assert len(peer.times) == 3 + 49
    peer.outcomes = [OK, DOWN]
    await exchange(request())
    with pytest.raises(TransportError, match="tried 3 times"):
        await exchange(request())


async def test_an_overloaded_host_is_given_all_its_tries_by_each():
    peer = Scripted([status(529)])
    exchange = retrying(peer)
    for _ in range(2):
        with pytest.raises(ApiError, match="tried 3 times"):
            await exchange(request())


async def test_a_cancelled_pause_ends_at_once():
    task = asyncio.create_task(retrying(Scripted([status(429, retry_after="200"), OK]))(request()))
    await asyncio.sleep(10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert now() == 10


# -- limiter ------------------------------------------------------------------------------------------------


async def all_of(count: int, exchange, deadline: float = 1e6) -> list[HttpReply | BaseException]:
    return await asyncio.gather(*(exchange(request(deadline)) for _ in range(count)), return_exceptions=True)


async def test_fifty_units_share_the_slots_and_are_served_in_order():
    served: list[int] = []
    inside = most = 0

    def unit(number: int):
        async def exchange(_request: HttpRequest) -> HttpReply:
            nonlocal inside, most
            served.append(number)
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(1)
            inside -= 1
            return OK

        return exchange

    limiter = Limiter(concurrency=4)
    await asyncio.gather(*(LimitedExchange(unit(number), limiter)(request()) for number in range(50)))
    assert served == list(range(50))
    assert (most, now()) == (4, 13)


@given(st.integers(1, 20), st.integers(1, 8), st.integers(1, 60), st.sampled_from([0.0, 0.3, 7.0, 90.0]))
async def test_no_minute_holds_more_requests_than_allowed(per_minute, concurrency, count, takes):
    peer = Scripted([OK], takes=takes)
    await all_of(count, LimitedExchange(peer, Limiter(concurrency=concurrency, per_minute=per_minute)))
    assert len(peer.times) == count
    window: deque[float] = deque()
    for moment in peer.times:
        window.append(moment)
        while window[0] <= moment - 59.999:
            window.popleft()
        assert len(window) <= per_minute


async def test_after_a_429_with_retry_after_nobody_sends_until_then():
    peer = Scripted([status(429, retry_after="20"), OK], takes=1)
    limited = LimitedExchange(peer, Limiter(concurrency=1))
    replies = await all_of(5, limited)
    assert [reply.status for reply in replies] == [429, 200, 200, 200, 200]
    assert peer.times == [0, 21, 22, 23, 24]


async def test_a_429_without_retry_after_holds_nobody_up():
    peer = Scripted([status(429), OK])
    await all_of(3, LimitedExchange(peer, Limiter()))
    assert peer.times == [0, 0, 0]


async def test_a_pause_beyond_the_deadline_fails_the_others_at_once_without_asking():
    peer = Scripted([status(429, retry_after="3600")], takes=1)
    exchange = RetryingExchange(LimitedExchange(peer, Limiter(concurrency=4)))
    errors = await all_of(50, exchange, deadline=300)
    assert all(isinstance(error, RateLimitError) for error in errors)
    assert str(errors[-1]) == (
        "the endpoint asked for a pause, and the next request may go out in 3,600 seconds, after the deadline of this one"
    )
    assert (len(peer.times), now()) == (4, 1)


async def test_a_mad_pause_ends_after_an_hour():
    peer = Scripted([status(429, retry_after="999999999"), OK])
    limited = LimitedExchange(peer, Limiter())
    await limited(request())
    await limited(request(1e9))
    assert peer.times == [0, LONGEST_PAUSE]


async def test_whoever_waits_for_a_turn_can_be_cancelled_and_leaves_no_gap():
    peer = Scripted([OK], takes=10)
    limited = LimitedExchange(peer, Limiter(concurrency=1))
    tasks = [asyncio.create_task(limited(request())) for _ in range(3)]
    await asyncio.sleep(1)
    tasks[1].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert peer.times == [0, 10]


async def test_cancelling_the_wait_for_the_minute_frees_the_slot():
    peer = Scripted([OK])
    limiter = Limiter(concurrency=1, per_minute=1)
    await LimitedExchange(peer, limiter)(request())
    waiting = asyncio.create_task(LimitedExchange(peer, limiter)(request()))
    await asyncio.sleep(1)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await LimitedExchange(peer, limiter)(request())
    assert peer.times == [0, 60]


async def test_a_pause_between_tries_holds_no_slot():
    slow, quick = Scripted([status(500), OK]), Scripted([OK])
    limiter = Limiter(concurrency=1)
    first = RetryingExchange(LimitedExchange(slow, limiter), RetryPolicy(first=50), dice=lambda: 1.0)
    await asyncio.gather(first(request()), LimitedExchange(quick, limiter)(request()))
    assert quick.times == [0]


# -- hosts --------------------------------------------------------------------------------------------------


def hosts(*peers: Scripted) -> HostsExchange:
    return HostsExchange([Host(name, retrying(peer)) for name, peer in zip("abc", peers, strict=False)])


@pytest.mark.parametrize(
    ("first", "calls"), [(DOWN, 3), (GONE, 3), (SILENT, 1), (status(503), 3), (status(529), 3)]
)
async def test_the_second_host_is_asked_when_the_first_is_down(first, calls):
    primary, secondary = Scripted([first]), Scripted([OK])
    assert await hosts(primary, secondary)(request()) == OK
    assert (len(primary.times), len(secondary.times)) == (calls, 1)


@pytest.mark.parametrize("first", [status(400), status(401), status(404), status(429), CUT, CERTIFICATE])
async def test_the_second_host_is_not_asked_about_the_user_or_after_an_answer_began(first):
    primary, secondary = Scripted([first]), Scripted([OK])
    try:
        assert await hosts(primary, secondary)(request()) == first
    except MessagesError as error:
        assert "asked after" not in str(error)  # noqa: PT017 - a reply is right as well
    assert secondary.times == []


async def test_a_switch_holds_for_five_minutes_and_then_the_first_host_is_tried_again():
    primary, secondary = Scripted([DOWN, DOWN, DOWN, OK]), Scripted([OK])
    exchange = hosts(primary, secondary)
    for _ in range(3):
        await exchange(request())
    assert (len(primary.times), len(secondary.times)) == (3, 3)
    await asyncio.sleep(STICKY)
    await exchange(request())
    assert (len(primary.times), len(secondary.times)) == (4, 3)


async def test_units_in_flight_do_not_switch_back_and_forth():
    primary, secondary = Scripted([DOWN], takes=1), Scripted([OK], takes=1)
    exchange = hosts(primary, secondary)
    assert await all_of(10, exchange) == [OK] * 10
    await exchange(request())
    assert (len(primary.times), len(secondary.times)) == (30, 11)


async def test_when_both_are_down_each_is_asked_once_and_both_are_named():
    primary, secondary = Scripted([DOWN]), Scripted([status(500)])
    exchange = hosts(primary, secondary)
    with pytest.raises(ApiError, match=r"500: busy; tried 3 times; that was b, asked after a had failed$"):
        await exchange(request())
    assert (len(primary.times), len(secondary.times)) == (3, 3)
    with pytest.raises(ApiError):
        await exchange(request())
    assert (len(primary.times), len(secondary.times)) == (4, 6)  # a is known to be unreachable


async def test_the_way_back_leads_to_the_first_host_before_the_five_minutes():
    primary, secondary = Scripted([DOWN, DOWN, DOWN, OK]), Scripted([OK, DOWN])
    exchange = hosts(primary, secondary)
    assert [await exchange(request()) for _ in range(3)] == [OK] * 3
    assert len(primary.times) == 5


async def test_one_host_alone_names_nobody():
    with pytest.raises(TransportError, match=r"^h could not be reached; tried 3 times$"):
        await hosts(Scripted([DOWN]))(request())


# -- the whole way ------------------------------------------------------------------------------------------


async def test_the_deadline_covers_all_tries_and_hosts():
    primary, secondary = Scripted([status(500)], takes=90), Scripted([OK], takes=90)
    client = MessagesClient(hosts(primary, secondary), deadline=300)
    with pytest.raises(
        TransportError, match=r"300 seconds, after 4 requests; before that: .* 500: busy$"
    ) as caught:
        await client.ask("x", model="m", max_tokens=9)
    assert (now(), caught.value.usage_tokens.requests) == (300, 4)


async def test_an_answer_counts_the_requests_it_took():
    client = MessagesClient(hosts(Scripted([DOWN]), Scripted([status(500), OK])))
    completion = await client.ask("x", model="m", max_tokens=9)
    assert (completion.text, completion.requests) == ("fine", 5)


async def test_what_was_never_sent_counts_nothing():
    limiter = Limiter()
    limiter.pause(1000)
    peer = Scripted([OK])
    with pytest.raises(RateLimitError) as caught:
        await MessagesClient(LimitedExchange(peer, limiter)).ask("x", model="m", max_tokens=9)
    assert (caught.value.usage_tokens.requests, peer.times) == (0, [])


async def test_a_refused_key_costs_one_request():
    peer = Scripted([status(429, b"Authentication required")])
    with pytest.raises(AuthenticationError) as caught:
        await MessagesClient(hosts(peer, Scripted([OK]))).ask("x", model="m", max_tokens=9)
    assert caught.value.usage_tokens.requests == 1


FAULTS = st.sampled_from(
    [OK, DOWN, GONE, SILENT, CUT, CERTIFICATE, status(200, b""), status(200, b"<html>"), status(429, retry_after="40"),
     status(429, retry_after="4000"), *(status(number) for number in (302, 400, 401, 404, 408, 429, 500, 503, 529)),
     status(200, json.dumps({"content": "", "usage": {"output_tokens": 9}}).encode())]
)  # fmt: skip


@given(
    st.lists(FAULTS, min_size=1, max_size=12),
    st.lists(FAULTS, min_size=1, max_size=12),
    st.sampled_from([0, 1, 50]),
    st.sampled_from([None, FALLBACK]),
)
async def test_whatever_the_peers_do_there_is_one_sentence_in_time_and_within_the_bound(
    first, second, takes, fallback
):
    start = now()
    peers = Scripted(list(first), takes), Scripted(list(second), takes)
    client = MessagesClient(hosts(*peers), deadline=120, fallback=fallback)
    most = most_requests(2, RetryPolicy(), fallback)
    said = ""
    try:
        billed = (await client.ask("x", model="m", max_tokens=9)).requests
    except MessagesError as error:
        said, billed = str(error), error.usage_tokens.requests
    assert not said or (said.isprintable() and len(said) < 600)
    assert now() - start <= 120
    assert billed == len(peers[0].times) + len(peers[1].times) <= most
