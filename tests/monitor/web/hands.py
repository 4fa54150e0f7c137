"""Two ways to use a page that both have to be enough: without a mouse, and without JavaScript."""

FOCUS = "() => document.activeElement?.dataset.goal ?? ''"


class Fingers:
    """The keyboard alone: Tab until it is there, then type; arrows in a group of choices."""

    def __init__(self, page):
        """The page as it stands; a new page is begun anew from its top."""
        self.page = page

    def reach(self, target):
        """Tab to it.

        Raises:
            AssertionError: no key leads there.
        """
        self.page.evaluate("() => document.querySelectorAll('[data-goal]').forEach(e => delete e.dataset.goal)")
        target.first.evaluate("e => { e.dataset.goal = 'yes' }")
        for _step in range(300):
            if self.page.evaluate(FOCUS):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no key leads to {target.first.evaluate('e => e.outerHTML')}")

    def write(self, target, words):
        """Type over what stands there."""
        self.reach(target)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(words)

    def day(self, target, day, clock=""):
        """A day whose number is also its month, so that any order of the two will do."""
        self.reach(target)
        self.page.keyboard.type(day[8:] + day[5:7] + day[:4])
        if clock:
            self.page.keyboard.press("Tab")
            self.page.keyboard.type(clock.replace(":", "") + "A")

    def choose(self, target):
        """One of a group: Tab to the group, arrows inside of it."""
        name = target.first.get_attribute("name")
        self.reach(self.page.locator(f"input[name={name}]"))
        self.page.keyboard.press("Space")
        for _step in range(20):
            if target.first.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no arrow leads to {name}")

    def tick(self, target):
        """A box."""
        self.reach(target)
        self.page.keyboard.press("Space")

    def pick(self, target, words):
        """An entry of a list, by its first letters."""
        self.reach(target)
        self.page.keyboard.type(words)

    def press(self, target):
        """A button, a link or what unfolds."""
        self.reach(target)
        if target.first.evaluate("e => e.tagName") == "SUMMARY":
            self.page.keyboard.press("Enter")
            return
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")


class Mouse:
    """Clicks and typing in a browser without JavaScript."""

    def __init__(self, page):
        """The page."""
        self.page = page

    def write(self, target, words):
        """Type."""
        target.first.fill(words)

    def day(self, target, day, clock=""):
        """A date, and a time where one is asked for."""
        target.first.fill(f"{day}T{clock}" if clock else day)

    def choose(self, target):
        """One of a group."""
        target.first.check()

    tick = choose

    def pick(self, target, words):
        """An entry of a list."""
        target.first.select_option(
            label=next(one for one in target.locator("option").all_inner_texts() if words in one)
        )

    def press(self, target):
        """A button, a link or what unfolds."""
        target.first.click()
        self.page.wait_for_load_state()
