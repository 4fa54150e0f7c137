"""Sending: at most once until proven absent."""


def test_x(shop):
    duty = shop.complaint()
    rid = shop.published(duty)
    assert shop.reply(rid).state == "published"
    assert shop.duty(duty).state == "answered"
    d2 = shop.complaint(ref="p2")
    shop.platform.script.append("drop")
    r2 = shop.delivered(d2)
    shop.run_until_quiet()
    assert shop.reply(r2).state == "published"
