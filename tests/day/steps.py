"""What Anna and Bernd do in every walk."""


def post_id(house, ref):
    """Our number of a comment, once it has been fetched."""
    house.wait_for("select 1 from post where ref = ?", str(ref), what=f"comment {ref} fetched")
    return house.ask("select id from post where ref = ?", str(ref))[0][0]


def answer(anna, post, text):
    """Anna checks the facts and hands an answer over."""
    page = face(anna, post, "justified", share="Wir haben zu spät verschickt.")
    page.locator("textarea[name=text]").fill(text)
    click(page, "Antwort zur Freigabe geben")


def approve(bernd, text):
    """Bernd finds the answer under Freigaben, reads it and approves."""
    page = bernd.go("/freigaben")
    form = page.locator("form", has=page.get_by_role("button", name="Freigeben", exact=True)).first
    assert text in bernd.sees()
    if form.locator("[name=ticked]").count():  # a warning, such as a promise, wants the owner's eye
        form.locator("[name=ticked]").check()
    form.get_by_role("button", name="Freigeben", exact=True).click()
    page.wait_for_load_state()


def click(page, name):
    """Press a button and wait for the page that follows."""
    page.get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state()


def face(anna, post, verdict, *, share):
    """Open the post for an answer and fill in the fact check."""
    page = anna.go(f"/beitrag/{post}?art=final")
    page.locator(f"input[name=verdict][value={verdict}]").check()
    page.locator("[name=source]").fill("Lieferschein vom 12. November")
    page.locator("[name=our_share]").fill(share)
    return page


def propose(page):
    """Take the draft from the building blocks; gives its text."""
    click(page, "Entwurf vorschlagen")
    return str(page.locator("#text").input_value())
