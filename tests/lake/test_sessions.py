"""Sessions: keys that act as somebody for a while."""

from boathouse.clock import Clock
from boathouse.context import root_of
from boathouse.lake.sessions import KEPT_UNDER, Sessions, assumed_role
from boathouse.lake.state import State


def test_a_key_acts_as_its_principal_until_it_expires() -> None:
    clock = Clock()
    sessions = Sessions(State(), clock)
    role = assumed_role("arn:aws:iam::111111111111:role/path/glue", "run-1", "eu-west-1")
    key = sessions.mint(role, 60).access_key
    found = sessions.find(key, "eu-west-1")
    assert found is not None
    assert (found.account, found.arn) == ("111111111111", "arn:aws:sts::111111111111:assumed-role/glue/run-1")
    clock.advance(61)
    assert sessions.find(key) is None


def test_an_ended_session_and_a_key_of_nobody_are_unknown() -> None:
    sessions = Sessions(State(), Clock())
    key = sessions.mint(root_of(), 60).access_key
    sessions.end(key)
    assert sessions.find(key) is None
    assert sessions.find("ASIABH00000000000000") is None


def test_expired_sessions_do_not_pile_up() -> None:
    state, clock = State(), Clock()
    sessions = Sessions(state, clock)
    for _ in range(3):
        sessions.mint(root_of(), 60)
        clock.advance(61)
    sessions.mint(root_of(), 60)
    assert len(state.collection("sessions").items(KEPT_UNDER)) == 1
