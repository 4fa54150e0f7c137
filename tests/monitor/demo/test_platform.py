"""The made-up platform speaks to the real mastodon connector, and to people with a browser."""

from pathlib import Path

import pytest

from connectors.core.contract import Receipt
from connectors.core.errors import LoginExpired, Refused, Unclear
from monitor.demo import business
from monitor.demo.platform import Platform
from monitor.demo.scenario import Scenario, Script, Step
from monitor.demo.stage import Stage
from monitor.ingest import utc_now

ASKED = "@radhaus_pappelgrund Wann ist mein Rad fertig?\nIch warte <seit> Montag & länger."
ANSWER = "@jule Heute ab 16 Uhr. Es tut uns leid, dass Sie warten mussten."


def fetched(connection):
    """Everything that one round brings."""
    return [item for page in connection.pages(None) for item in page.items]


def asked(platform, text=ASKED):
    """Jule writes to the business; her post as the connector reads it comes later."""
    return platform.stage.post("jule", text)


def test_the_real_connector_reads_a_mention_with_its_words_unharmed(platform, connection):
    """HTML on the wire, the same plain words at the end."""
    status = asked(platform)
    [post] = fetched(connection)
    assert (post.ref, post.text, post.own, post.visible) == (status.id, ASKED, False, True)
    assert post.permalink == f"{platform.address}/@jule/{status.id}"


def test_a_post_that_does_not_name_us_is_no_mention(platform, connection):
    """Only what is addressed to the business comes in."""
    platform.stage.post("jule", "Schönes Wetter heute.")
    assert fetched(connection) == []


def test_many_mentions_come_in_pages_without_a_gap(platform, connection):
    """More than one page of 40."""
    written = [asked(platform, f"@radhaus_pappelgrund Frage {number}").id for number in range(95)]
    assert sorted(post.ref for post in fetched(connection)) == sorted(written)


def test_the_second_round_brings_only_what_is_new(platform, connection):
    """`min_id` gives the page right after the cursor, lookback included."""
    asked(platform)
    cursor = [page.cursor for page in connection.pages(None)][-1]
    newer = asked(platform, "@radhaus_pappelgrund Und noch etwas.")
    assert newer.id in [item.ref for page in connection.pages(cursor) for item in page.items]


def test_an_edit_upstream_keeps_the_ref_and_tells_the_time(platform, connection):
    """The same post, other words."""
    status = asked(platform)
    platform.stage.edit(status.id, "@radhaus_pappelgrund Hat sich erledigt.")
    post = connection.one(status.id)
    assert (post.ref, post.text) == (status.id, "@radhaus_pappelgrund Hat sich erledigt.")
    assert post.updated is not None


def test_a_deleted_post_is_gone(platform, connection):
    """404 for a post that was there."""
    status = asked(platform)
    platform.stage.delete(status.id)
    assert connection.one(status.id) is None


def test_an_answer_is_published_and_a_stranger_sees_it(platform, connection):
    """The first answer is an ordinary one."""
    asked(platform)
    [post] = fetched(connection)
    receipt = connection.publish(post, ANSWER, "key-1")
    seen = connection.find(post, receipt)
    assert (seen.ref, seen.text, seen.public) == (receipt.ref, ANSWER, True)


def test_the_same_key_twice_is_one_answer(platform, connection):
    """`Idempotency-Key` is honoured."""
    asked(platform)
    [post] = fetched(connection)
    refs = {connection.publish(post, ANSWER, "key-1").ref for _attempt in range(2)}
    assert len(refs) == 1
    assert len(platform.stage.answers_to(post.ref)) == 1


def test_the_second_answer_is_lost_on_its_way_and_cannot_be_found(platform, connection):
    """Dropped and not stored: truly unclear, and absent."""
    asked(platform)
    [post] = fetched(connection)
    connection.publish(post, ANSWER, "key-1")
    with pytest.raises(Unclear):
        connection.publish(post, ANSWER + " (2)", "key-2")
    assert connection.find(post, Receipt(text=ANSWER + " (2)")) is None


def test_the_lost_answer_goes_out_when_it_is_sent_again_with_its_key(platform, connection):
    """The fault strikes once for each key."""
    asked(platform)
    [post] = fetched(connection)
    connection.publish(post, ANSWER, "key-1")
    with pytest.raises(Unclear):
        connection.publish(post, ANSWER + " (2)", "key-2")
    assert connection.publish(post, ANSWER + " (2)", "key-2").ref is not None


def test_the_fourth_answer_is_stored_although_the_connection_broke(platform, connection):
    """Unclear as well, and the next look finds it."""
    asked(platform)
    [post] = fetched(connection)
    platform.stage.kept.answers.extend(["key-1", "key-2", "key-3"])
    with pytest.raises(Unclear):
        connection.publish(post, ANSWER, "key-4")
    assert connection.find(post, Receipt(text=ANSWER)).public


def test_a_text_over_500_characters_is_refused_and_nothing_stands_there(platform, connection):
    """The connector asks the server for its limit."""
    asked(platform)
    [post] = fetched(connection)
    with pytest.raises(Refused):
        connection.publish(post, "@jule " + "x" * 500, "key-1")
    assert platform.stage.answers_to(post.ref) == []


def test_the_server_itself_refuses_501_characters(ask):
    """422, as the real thing."""
    status, _headers, told = ask("POST", "/api/v1/statuses", form={"status": "x" * 501})
    assert status == 422
    assert "500" in told["error"]


def test_a_wrong_token_is_told(platform, connection):
    """401 becomes "sign in again"."""
    platform.stage.kept.token = "another"
    with pytest.raises(LoginExpired):
        connection.check()


def test_json_is_taken_like_a_form(platform):
    """Some clients send JSON."""
    import http.client
    import json

    door = http.client.HTTPConnection("127.0.0.1", platform.stage.kept.port, timeout=60)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {platform.stage.kept.token}"}
    door.request("POST", "/api/v1/statuses", json.dumps({"status": "Hallo", "in_reply_to_id": None}), headers)
    answer = json.loads(door.getresponse().read())
    door.close()
    assert answer["content"] == "<p>Hallo</p>"


def test_a_page_of_mentions_links_to_its_neighbours_and_names_the_limit(platform, ask):
    """`Link` and rate-limit headers."""
    ids = [asked(platform).id for _number in range(3)]
    status, headers, told = ask("GET", "/api/v1/notifications?types[]=mention&limit=2")
    assert (status, [each["status"]["id"] for each in told]) == (200, [ids[2], ids[1]])
    assert f'max_id={ids[1]}>; rel="next"' in headers["Link"]
    assert headers["X-RateLimit-Limit"] == "300"


def test_only_our_own_posts_can_be_changed_or_deleted(platform, ask):
    """403 for a stranger's post."""
    status, _headers, _told = ask("DELETE", f"/api/v1/statuses/{asked(platform).id}")
    assert status == 403


def test_the_permalink_shows_the_thread_to_a_browser(platform, connection, ask):
    """Post and answer on one page, without a login, with foreign markup made harmless."""
    status = asked(platform, "@radhaus_pappelgrund <script>alert(1)</script>")
    platform.stage.answer(ANSWER, parent=status.id, visibility="public", key="key-1")
    code, headers, page = ask("GET", f"/@jule/{status.id}", token=None)
    assert (code, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "Heute ab 16 Uhr" in page
    assert "<script>" not in page


def test_a_page_that_does_not_exist_says_so(ask):
    """404 with a sentence."""
    code, _headers, page = ask("GET", "/@niemand/1", token=None)
    assert (code, "gibt es hier nicht" in page) == (404, True)


def test_what_was_written_is_there_after_a_restart(tmp_path):
    """Everything is in one file, port and token too."""
    first = Stage(tmp_path / "kept.json", business.ACCOUNT, utc_now)
    number = first.post("jule", ASKED).id
    first.kept.token = "abc"
    first.save()
    second = Stage(tmp_path / "kept.json", business.ACCOUNT, utc_now)
    assert (second.get(number).text, second.kept.token) == (ASKED, "abc")


def test_a_restart_takes_the_same_port(tmp_path):
    """Permalinks stay true."""
    ports = []
    for _start in range(2):
        stage = Stage(tmp_path / "kept.json", business.ACCOUNT, utc_now)
        running = Platform(stage)
        running.start()
        ports.append(stage.kept.port)
        running.stop()
    assert ports[0] == ports[1]


SCRIPT = Script(
    {"jule": "Jule"},
    (
        Step("one", "@radhaus_pappelgrund Erstens", who="jule", at=1),
        Step("edit", "@radhaus_pappelgrund Erstens, richtig", edits="one", at=2),
        Step("thanks", "@radhaus_pappelgrund Danke", who="jule", after="one", wait=0),
    ),
)


def stage_with_script(path: Path):
    """A stage and the short script on it."""
    stage = Stage(path, business.ACCOUNT, utc_now)
    stage.meet(business.ACCOUNT, business.NAME)
    return stage, Scenario(stage, SCRIPT)


def test_nobody_writes_before_their_time(tmp_path):
    """Each step waits for its second."""
    stage, scenario = stage_with_script(tmp_path / "kept.json")
    scenario.play(0.9)
    assert stage.all() == []


def test_an_edit_changes_the_words_of_the_same_post(tmp_path):
    """One post, its second wording."""
    stage, scenario = stage_with_script(tmp_path / "kept.json")
    scenario.play(2)
    assert [status.text for status in stage.all()] == ["@radhaus_pappelgrund Erstens, richtig"]


def test_a_thank_you_comes_only_after_our_answer(tmp_path):
    """It hangs under the answer."""
    stage, scenario = stage_with_script(tmp_path / "kept.json")
    scenario.play(5)
    answer, _fault = stage.answer("@jule Gern.", parent=stage.all()[0].id, visibility="public", key="k")
    scenario.play(6)
    assert [status.text for status in stage.all() if status.parent == answer.id] == ["@radhaus_pappelgrund Danke"]


def test_a_second_start_repeats_nothing(tmp_path):
    """What was played is kept with the platform."""
    _stage, scenario = stage_with_script(tmp_path / "kept.json")
    scenario.play(3)
    again, scenario = stage_with_script(tmp_path / "kept.json")
    scenario.play(4)
    assert len(again.all()) == 1
