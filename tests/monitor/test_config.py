"""A configuration is believed only as a whole: every mistake at once, each with its path and what to do."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config import ConfigError, load
from monitor.config.sources import SecretRef
from tests.monitor.shop import BLOG, CONFIG, FILES
from tests.monitor.toml import literal

ROOT = Path(__file__).resolve().parents[2]


def mistakes_in(file):
    """Every mistake in a file, none if it may be believed."""
    try:
        load(file)
    except ConfigError as error:
        return error.mistakes or [None]
    return []


def mistakes(folder, text):
    """Path -> sentence of every mistake in a configuration."""
    file = folder / "config.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as caught:
        load(file)
    return {mistake.path: mistake.sentence for mistake in caught.value.mistakes}


@pytest.mark.parametrize(
    ("addition", "path", "words"),
    [
        ("[web]\nport = 99999", "web.port", "Höchstens 65535."),
        ('[web]\nport = "x"', "web.port", "Hier steht eine ganze Zahl."),
        ("[web]\nport = 1.5", "web.port", "Hier steht eine ganze Zahl."),
        ("[web]\nidle_minutes = inf", "web.idle_minutes", "Hier steht eine endliche Zahl."),
        ("[web]\nidle_minutes = 0", "web.idle_minutes", "Größer als 0"),
        ('[web]\ntrusted_proxies = ["*"]', "web.trusted_proxies", 'so geht es: ["127.0.0.1"'),
        ('[web]\ntrusted_proxies = ["0.0.0.0/0"]', "web.trusted_proxies", "so geht es"),
        ('[web]\ntrusted_proxies = ["10.0.0.1/24"]', "web.trusted_proxies", "so geht es"),
        ("[web]\ncolour = 1", "web.colour", "Diesen Schlüssel gibt es nicht. Bekannt sind: absolute_hours"),
        ("[web]\nprt = 1", "web.prt", "Gemeint ist wohl port."),
        (
            BLOG.replace("application_password_env", "aplication_password_file"),
            "sources.blog.aplication_password_file",
            "Gemeint ist wohl application_password_file.",
        ),
        ("web = 3", "web", "Hier steht ein Abschnitt."),
        ('[storage]\ndatabase = "mysql://x"', "storage.database", "so geht es: sqlite:///"),
        ("[timing]\ntick = -1", "timing.tick", "Mindestens 0"),
        ("[timing]\nlater_looks = 3", "timing.later_looks", "Hier steht eine Liste"),
        ("[colours]\nred = 1", "colours", "Diesen Abschnitt gibt es nicht."),
        ("sources = 3", "sources", "Hier stehen Abschnitte der Form [sources.NAME]."),
        ("[sources]\na = 1", "sources.a", "Hier steht ein Abschnitt der Form [sources.NAME]."),
        ('[sources.a]\nkind = "myspace"', "sources.a.kind", "Bekannt sind: bluesky, csv_import"),
        ("[sources.a]\nkind = [1]", "sources.a.kind", "Diese Art gibt es nicht."),
        (
            '[sources.a]\nkind = "mastodon"\nurl = "https://m.example"\nhashtags = ["laden", "."]',
            "sources.a.hashtags.1",
            'so geht es: hashtags = ["sonnenlaib"].',
        ),
        ('[sources.a]\nkind = "bluesky"\nhandle = "a.example"\nhashtags = [""]', "sources.a.hashtags.0", "so geht es"),
        ('[sources.a]\ntitle = "x"', "sources.a.kind", "Dieser Schlüssel fehlt."),
        ('[sources."A B"]\nkind = "csv_import"', "sources.A B", "Der Name besteht aus Kleinbuchstaben"),
        ('[sources.a]\nkind = "csv_import"\nzone = 1', "sources.a.zone", "Diesen Schlüssel gibt es nicht."),
        ('[sources.a]\nkind = "csv_import"\nstate = "XX"', "sources.a.state", "so geht es: BE BY"),
        ('[sources.a]\nkind = "csv_import"\ntimezone = "Mars"', "sources.a.timezone", "so geht es: Europe/Berlin"),
        ('[sources.a]\nkind = "csv_import"\nevery = inf', "sources.a.every", "Hier steht eine endliche Zahl."),
        ('[sources.a]\nkind = "csv_import"\nhours = { Montag = "9-17" }', "sources.a.hours", "so geht es: mon tue"),
        (
            '[sources.a]\nkind = "csv_import"\nhours = { mon = "9-5" }',
            "sources.a.hours",
            'so geht es: mon = "09:00-17:00"',
        ),
        (
            '[sources.a]\nkind = "csv_import"\nhours = { sat = "17:00-09:00" }',
            "sources.a.hours",
            'so geht es: sat = "09:00-17:00"',
        ),
        (
            '[sources.a]\nkind = "csv_import"\nenabled = "vielleicht"',
            "sources.a.enabled",
            "Hier steht true oder false.",
        ),
        ('[sources.a]\nkind = "wordpress"', "sources.a.url", "Dieser Schlüssel fehlt."),
    ],
)
def test_each_kind_of_mistake_is_told_with_its_path_and_a_german_sentence(tmp_path, addition, path, words):
    """Whoever reads it knows where to look and what to write there."""
    found = mistakes(
        tmp_path, '[business]\nname = "X"\n' + addition if addition[0] == "[" else addition + '\n[business]\nname = "X"'
    )
    assert words in found[path]
    assert "Input should" not in found[path]
    assert len(found) == 1


@pytest.mark.parametrize(
    ("entry", "fine"),
    [
        ("Telefon 0341 555010", True),
        ("Fax: +49 (0)341 555-010", True),
        ("service@firma.example, auch sonntags", True),
        ("Frau Weber", True),
        ("@laden@chaos.example", True),
        ("Musterstraße 5, 04109 Leipzig", True),
        ("341 555010", False),
        ("Telefon 341 555010", False),
        ("service@firma", False),
        ("   ", False),
        ("x" * 301, False),
    ],
)
def test_contact_data_of_ours_that_no_check_could_find_is_a_mistake(tmp_path, entry, fine):
    """A number without its prefix, half an address, nothing at all; names and streets are let be."""
    file = tmp_path / "config.toml"
    file.write_text(CONFIG.replace("[storage]", f'ours = ["Frau Lang", "{entry}"]\n[storage]'), encoding="utf-8")
    found = {one.path: one.sentence for one in mistakes_in(file)}
    assert (not found) == fine
    assert fine or 'so geht es: "Telefon 0341 555010"' in found["business.ours"]


def test_all_mistakes_are_told_at_once(tmp_path):
    """One round of mending is enough."""
    text = (
        '[busines]\n[web]\nport = -1\nhoust = "x"\n[timing]\ntick = "x"\n[sources.a]\nkind = "wordpress"\nstate = "Y"'
    )
    assert set(mistakes(tmp_path, text)) == {
        *("busines", "business.name", "web.port", "web.houst", "timing.tick", "sources.a.state", "sources.a.url"),
    }


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"[business\n", "Kein gültiges TOML"),
        (b'[business]\nname = "\xff"', "nicht in UTF-8"),
        (b'[business]\nname = "a"\nname = "b"', "Kein gültiges TOML"),
        (b"\x00\x01\x02", "Kein gültiges TOML"),
    ],
)
def test_a_file_that_is_no_configuration_is_told_by_its_path(tmp_path, body, words):
    """The path of the mistake is the file itself."""
    assert words in mistakes(tmp_path, body)[str(tmp_path / "config.toml")]


def test_a_missing_file_and_a_folder_are_told(tmp_path):
    """The commonest mistake of the first minute."""
    for place, words in ((tmp_path / "no.toml", "gibt es nicht"), (tmp_path, "lässt sich nicht lesen")):
        with pytest.raises(ConfigError, match=words):
            load(place)


def test_an_empty_file_lacks_the_name_of_the_business(tmp_path):
    """The one thing nobody can guess."""
    assert set(mistakes(tmp_path, "")) == {"business.name"}


def test_a_byte_order_mark_is_no_mistake(tmp_path):
    """Windows editors write it."""
    (tmp_path / "config.toml").write_bytes(b"\xef\xbb\xbf" + CONFIG.encode())
    assert load(tmp_path / "config.toml").business.name == "Möbelhaus Musterfrau"


def test_a_secret_in_the_file_is_refused_and_not_repeated(tmp_path):
    """The sentence names the two keys that may stand there, never the secret."""
    text = CONFIG + BLOG.replace("application_password_env", "application_password")
    found = mistakes(tmp_path, text)
    assert "application_password_file oder application_password_env" in found["sources.blog.application_password"]
    assert "WIDERHALL_TEST_PASSWORD" not in str(found)


def test_a_secret_file_that_is_not_there_is_told(tmp_path):
    """Relative to the configuration's folder."""
    found = mistakes(tmp_path, CONFIG + BLOG.replace("password_env", "password_file"))
    assert found == {"sources.blog.application_password_file": "Die Datei WIDERHALL_TEST_PASSWORD gibt es nicht."}


def test_a_byte_order_mark_is_no_part_of_a_secret(tmp_path):
    """Windows' editor puts one in front, and the platform had refused the password."""
    (tmp_path / "secret").write_text("geheim\n", encoding="utf-8-sig")
    assert SecretRef("application_password", file=tmp_path / "secret").read() == "geheim"


def test_a_relative_database_lies_beside_the_configuration(tmp_path, monkeypatch):
    """Not where the command was called."""
    (tmp_path / "config.toml").write_text(CONFIG)
    monkeypatch.chdir("/")
    assert load(tmp_path / "config.toml").database_url == f"sqlite:///{tmp_path}/widerhall.db"


def test_intervals_below_the_floor_are_warned_about_and_allowed(tmp_path):
    """Tests and the demo need them."""
    (tmp_path / "config.toml").write_text(CONFIG + "gone_gap = 3600\n")
    warnings = list(load(tmp_path / "config.toml").warnings())
    assert "[timing] gone_gap = 3600: unter dem Mindestwert für den Betrieb (86400 Sekunden)." in warnings
    assert not any("sweep_every" in warning for warning in warnings)


def test_open_networks_one_pair_of_eyes_and_impolite_rounds_are_warned_about(tmp_path):
    """What is allowed and yet unwise is said."""
    text = CONFIG.replace("[storage]", "four_eyes = false\n[storage]") + BLOG
    (tmp_path / "config.toml").write_text(text + 'every = 5\nallow_networks = ["127.0.0.0/8"]\n')
    warnings = " ".join(load(tmp_path / "config.toml").warnings())
    assert "[sources.blog] allow_networks" in warnings
    assert "four_eyes = false" in warnings
    assert "[sources.blog] wird öfter gelesen" in warnings


def test_a_proxy_that_is_not_named_is_warned_about(tmp_path):
    """Then all strangers have one address; with its name, or without a proxy, there is nothing to say."""
    known = 'base_url = "https://a.example"\ntrusted_proxies = ["127.0.0.1"]'
    said = []
    for web in ('base_url = "https://a.example"', known, 'base_url = "http://localhost:1"'):
        (tmp_path / "config.toml").write_text(f'[business]\nname = "X"\n[web]\n{web}\n')
        said.append("trusted_proxies ist leer" in " ".join(load(tmp_path / "config.toml").warnings()))
    assert said == [True, False, False]


def test_a_deadline_beyond_lease_and_settle_window_is_warned_about(tmp_path):
    """An answer could still arrive when its absence already counts."""
    (tmp_path / "config.toml").write_text(CONFIG + "send_lease = 60\nsettle = 900\nsend_deadline = 960\n")
    assert any("send_deadline" in warning for warning in load(tmp_path / "config.toml").warnings())
    (tmp_path / "config.toml").write_text(CONFIG + "send_lease = 60\nsettle = 900\nsend_deadline = 959\n")
    assert not any("send_deadline" in warning for warning in load(tmp_path / "config.toml").warnings())


def test_an_ordinary_configuration_has_nothing_to_warn_about(tmp_path):
    """The control: warnings mean something."""
    (tmp_path / "config.toml").write_text('[business]\nname = "X"\n' + BLOG + FILES)
    assert list(load(tmp_path / "config.toml").warnings()) == []


def test_the_example_configuration_is_read_without_a_mistake(tmp_path):
    """What a new user copies first."""
    (tmp_path / "config.toml").write_bytes((ROOT / "config.example.toml").read_bytes())
    assert load(tmp_path / "config.toml").business.name


_VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(-(2**63), 2**63 - 1), st.text("abcäÄ .:-/{}%\\", max_size=12)),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)


@settings(deadline=None)
@given(
    section=st.sampled_from(["business", "web", "timing", "storage", "sources.a"]),
    key=st.text("abcdefgh_", min_size=1),
    value=_VALUES,
)
def test_no_value_in_any_section_gets_past_the_check_as_another_error(tmp_path_factory, section, key, value):
    """Whatever stands there: it is read, or it is a mistake with a path."""
    names = {"business": "name", "web": "port", "timing": "tick", "storage": "database", "sources.a": "hours"}
    for word in (key, names[section], "kind", "state", "timezone", "every"):
        file = tmp_path_factory.mktemp("config") / "config.toml"
        file.write_text(f"[{section}]\n{word} = {literal(value)}\n", encoding="utf-8")
        assert not (found := mistakes_in(file)) or all(mistake.path and mistake.sentence for mistake in found)


@pytest.mark.parametrize(
    ("web", "words"),
    [
        ('host = "0.0.0.0"', "ohne base_url"),
        ('host = "::"', "ohne base_url"),
        ('host = "0.0.0.0"\nbase_url = "http://192.168.1.5:8080"', "unverschlüsselt"),
        ('base_url = "http://widerhall.laden.lan"', "unverschlüsselt"),
        ('host = "0.0.0.0"\nbase_url = "https://widerhall.example.de"', ""),
        ('base_url = "http://localhost:8080"', ""),
        ('base_url = "http://[::1]:8080"', ""),
        ('host = "127.0.0.1"', ""),
    ],
)
def test_a_page_that_others_can_listen_to_is_a_warning(tmp_path, web, words):
    """Passwords would go through the house in the clear; behind TLS, or on this machine alone, all is well."""
    (tmp_path / "config.toml").write_text(CONFIG.replace("[web]\n", f"[web]\n{web}\n"))
    found = [
        warning
        for warning in load(tmp_path / "config.toml").warnings()
        if warning.startswith(("[web] host", "[web] base"))
    ]
    assert [words in warning for warning in found] == ([True] if words else [])


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ('kind = "bluesky"\nhandle = "a.example"', False),
        ('kind = "bluesky"\nhandle = "a.example"\napp_password_env = "X"', True),
        ('kind = "bluesky"\nhandle = "a.example"\nown_threads = true', True),
        ('kind = "wordpress"\nurl = "https://a.example"\ncomments = false', False),
        ('kind = "wordpress"\nurl = "https://a.example"\ncomments = false\nreviews = "store"', True),
        ('kind = "rss"\nurl = "https://a.example/feed"', True),
    ],
)
def test_a_source_that_leaves_nothing_to_read_is_a_warning(tmp_path, source, reads):
    """Its rounds go well for ever, so that nobody would notice."""
    (tmp_path / "config.toml").write_text(f"{CONFIG}\n[sources.leer]\n{source}\n")
    found = [
        warning for warning in load(tmp_path / "config.toml").warnings() if "[sources.leer] liest nichts" in warning
    ]
    assert bool(found) is not reads
