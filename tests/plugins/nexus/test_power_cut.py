"""A campus whose power went: nothing of its log is lost, and what was to be sent is sent."""


def test_no_event_of_the_log_is_lost(campus, power_cut):
    def in_log():
        found = campus.call("nexus.list_events", type="library.resource_added", limit=200)["items"]
        return {one["key"] for one in found}

    campus.eventually(lambda: set(power_cut.added) <= in_log(), 30)


def test_a_webhook_is_sent_what_waited_for_it(campus, power_cut):
    def keys():
        return {body["partitionkey"] for body, _, _ in power_cut.receiver.taken}

    campus.eventually(lambda: set(power_cut.added) <= keys(), 60)
    webhook = campus.call("nexus.read_subscription", id=power_cut.webhook)
    assert webhook["state"] == "active"
