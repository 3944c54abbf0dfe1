from boathouse.services.firehose.ledger import Ledger


def test_a_shard_gets_further_when_all_before_is_delivered() -> None:
    ledger = Ledger()
    first, second, third = (ledger.take("shard", str(number), 2) for number in (1, 2, 3))
    assert ledger.settle([second, second, first]) == {}
    assert ledger.settle([third]) == {}
    assert ledger.settle([first]) == {"shard": "2"}
    assert ledger.settle([third]) == {"shard": "3"}


def test_shards_get_further_on_their_own() -> None:
    ledger = Ledger()
    one, other = ledger.take("one", "1", 1), ledger.take("other", "7", 1)
    assert ledger.settle([other]) == {"other": "7"}
    assert ledger.settle([one]) == {"one": "1"}


def test_one_delivery_may_settle_several_shards() -> None:
    ledger = Ledger()
    receipts = [ledger.take("one", "1", 1), ledger.take("other", "7", 1)]
    assert ledger.settle(receipts) == {"one": "1", "other": "7"}
