"""Every page by keyboard alone, without JavaScript, and before axe: nothing serious."""

import pytest
from playwright.sync_api import ViewportSize

from monitor.web.app import PAGES
from tests.monitor.web.every_page import ALONE, NOWHERE, PATHS, ROUTES, furnish
from tests.monitor.web.shop import PASSWORD
from tests.peers.axe import COLOURS, EVERYTHING, findings, source
from tests.peers.browser import CHROMIUM, DESK, PHONE, QUIET, meet

REACHABLE = """() => {
  const inOrder = e => !e.disabled && e.checkVisibility({visibilityProperty: true}) && !e.closest('dialog');
  const kinds = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
  const chosen = name => document.querySelector(`input[name="${name}"]:checked`);
  const first = (e, all) => all.find(o => o.type === 'radio' && o.name === e.name) === e;
  return [...document.querySelectorAll(kinds)].filter(inOrder)
    .filter((e, n, all) => e.type !== 'radio' || (chosen(e.name) ? e.checked : first(e, all)))
    .map((e, n) => (e.dataset.seen = n, n)).length }"""
NARROW = ViewportSize(width=320, height=640)  # 1280 at a zoom of 400 %: WCAG 1.4.10
WIDER = "document.documentElement.scrollWidth - innerWidth"
FOCUSED = "() => document.activeElement.dataset.seen ?? ''"
OUTLINED = """() => { const e = document.activeElement, s = getComputedStyle(e), r = e.closest('.row');
  const inside = (e.type ?? '').startsWith('date');  // the browser marks the part of a date that has the focus
  return inside || s.outlineStyle !== 'none' || (r && getComputedStyle(r).outlineStyle !== 'none') }"""


@pytest.fixture
def full(shop):
    """A shop with something on every page."""
    furnish(shop)
    return shop


def test_every_page_by_keyboard_alone(full, address, person):
    """Tab reaches everything that can be clicked, in sight, and the focus is seen."""
    bernd = person(address, "Bernd", PASSWORD)
    for path in PATHS:
        page = bernd.go(path)
        left = {str(n) for n in range(page.evaluate(REACHABLE))}
        assert left, path
        for _step in range(2 * len(left) + 20):
            page.keyboard.press("Tab")
            where = page.evaluate(FOCUSED)
            if where:
                left.discard(where)
                assert page.evaluate(OUTLINED), (path, where)
            if not left:
                break
        assert left == set(), (path, [page.locator(f'[data-seen="{n}"]').evaluate("e => e.outerHTML") for n in left])


def test_what_no_key_reaches_is_found(full, address, person):
    """The control: a button outside of the order is missed by Tab."""
    page = person(address, "Bernd", PASSWORD).go("/ich")
    page.evaluate("() => document.querySelector('main button').setAttribute('tabindex', '-1')")
    left = {str(n) for n in range(page.evaluate(REACHABLE))}
    for _step in range(2 * len(left) + 20):
        page.keyboard.press("Tab")
        left.discard(page.evaluate(FOCUSED))
    assert len(left) == 1


def test_every_page_without_javascript(full, address, person):
    """Everything that can be done is a link or a form with a button; nothing waits for a script."""
    bernd = person(address, "Bernd", PASSWORD, javascript=False)
    for path in PATHS:
        page = bernd.go(path)
        forms = page.locator("main form[method=post]")
        for n in range(forms.count()):
            form = forms.nth(n)
            name = form.get_attribute("id")
            buttons = form.locator("button").count() + page.locator(f'button[form="{name}"]').count()
            assert buttons or name == "act", (path, form.inner_html()[:200])
    assert bernd.failed == []


def test_every_route_is_walked():
    """A page that nobody walks fails here: the routes are those of the application itself."""
    routes = {route.path for page in PAGES for route in page.router.routes if "GET" in route.methods}
    assert routes - ALONE == set(ROUTES)


def seen_by_axe(someone, path, script):
    """Wide and on a telephone, and the colours of both when it is dark; nothing sticks out."""
    page, found = someone.go(path), []
    for size, scheme, rules in ((DESK, "light", EVERYTHING), (PHONE, "light", EVERYTHING), (PHONE, "dark", COLOURS)):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        found += [f"{path} {size['width']} {scheme}: {line}" for line in findings(page, script, rules)]
        found += [f"{path} {size['width']}: wider than the screen"] * (page.evaluate(WIDER) > 0)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(NARROW)
    return found + [f"{path} 320: wider than the screen"] * (page.evaluate(WIDER) > 0)


@pytest.mark.parametrize("name", ["Anna", "Bernd", "Clara"])
def test_axe_finds_nothing_serious(full, address, person, name):
    """On any page, whoever looks."""
    script, someone = source(), person(address, name, PASSWORD)
    assert [line for path in (*PATHS, *NOWHERE) for line in seen_by_axe(someone, path, script)] == []


def test_axe_finds_nothing_serious_where_something_is_wrong(full, address, person):
    """A login that fails, an answer that is stopped, a form with a gap: the sentence stands at its field."""
    script, stranger = source(), person(address)
    page = stranger.go("/anmelden")
    found = seen_by_axe(stranger, "/anmelden", script)
    page.fill("[name=name]", "Anna")
    page.fill("[name=password]", "falsch")
    page.click("button.main")
    found += findings(page, script)
    anna = person(address, "Anna", PASSWORD)
    page = anna.go("/beitrag/10?art=final")
    page.fill("#text", "Sie sind ein Idiot!")
    page.click("#work button.main")
    page.locator("#findings .bad").first.wait_for()
    found += findings(page, script)
    page = anna.go("/fakten")
    page.locator("summary", has_text="Neue Faktenkarte").click()
    page.click("text=Faktenkarte anlegen")
    assert [*found, *findings(page, script)] == []


def test_letters_of_twice_the_size_are_larger_everywhere_and_widen_nothing(full, address, browser):
    """WCAG 1.4.4: whoever told the browser to write larger gets larger letters, on every page of a telephone."""
    large = browser.browser_type.launch(
        executable_path=CHROMIUM, args=[*QUIET, "--no-sandbox", "--blink-settings=defaultFontSize=32"]
    )
    bernd, _context = meet(large, address, "Bernd", phone=True, javascript=True)
    bernd.login(PASSWORD)
    wide = [path for path in PATHS if bernd.go(path).evaluate(WIDER) > 0]
    small = "all => all.filter(e => parseFloat(getComputedStyle(e).fontSize) < 24).map(e => e.outerHTML.slice(0, 90))"
    found = bernd.go("/beitrag/1").locator("body :is(p, a, button, label, h1, h2, textarea)").evaluate_all(small)
    large.close()
    assert (wide, found) == ([], [])


def test_axe_finds_what_is_wrong(full, address, person):
    """The control: a picture without words and a field without a name."""
    page = person(address, "Bernd", PASSWORD).go("/ich")
    page.evaluate("() => { const i = document.createElement('input'); document.querySelector('main').append(i) }")
    assert any(line.startswith("label:") for line in findings(page, source()))
