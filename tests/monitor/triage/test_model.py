"""The model's files: small, without pickles, the same bytes from the same posts; its reasons quote the text."""

import zipfile

import numpy as np
import pytest

from monitor.triage import ModelJudge, PostText
from monitor.triage.corpus import Labelled
from monitor.triage.model import heads, mix
from monitor.triage.opinion import WORDS, model_reasons

LABELS = {
    "sentiment": "negative", "hostile": False, "complaint": True, "question": False, "demands": [], "topics": ["other"],
    "legal": False, "threat": False, "extortion": False, "spam": False, "personal": False, "resolved": False,
}  # fmt: skip
GOOD = LABELS | {"sentiment": "positive", "complaint": False}


def tiny():
    """Sixteen posts, half of them praise."""
    bad = ["Zu spät geliefert", "Nur Ärger gehabt", "Kaputt angekommen", "Niemand ruft zurück"]
    good = ["Sehr schönes Essen", "Tolle Leute dort", "Immer wieder gern", "Pünktlich und nett"]
    texts = [(text, LABELS) for text in bad] + [(text, GOOD) for text in good]
    return [
        Labelled(f"{n}-{k}", f"{text} {n}x", "post", None, None, "shop", labels)
        for n in "ab"
        for k, (text, labels) in enumerate(texts)
    ]


def test_the_shipped_files_stay_below_five_megabytes():
    """Issue 4: tier A is always there, so it must be small."""
    assert heads.PATH.stat().st_size + mix.PATH.stat().st_size <= 5 * 1024 * 1024


def test_topics_and_demands_have_even_weights():
    """A bit less each keeps the file below its bound; the other heads, the control, use every number."""
    with np.load(heads.PATH, allow_pickle=False) as stored:
        odd = dict(zip(stored["names"].tolist(), (stored["weights"] % 2).any(axis=0).tolist(), strict=True))
    coarse = {name for name in odd if name.startswith(("topic.", "demand."))}
    assert {name for name in odd if not odd[name]} == coarse != set()


@pytest.mark.parametrize("path", [heads.PATH, mix.PATH])
def test_nothing_in_the_files_is_a_pickle(path):
    """Every array loads with pickles refused, and none holds objects."""
    with np.load(path, allow_pickle=False) as stored:
        assert all(stored[name].dtype.kind in "fiuU" for name in stored.files)


def test_a_pickle_in_their_place_is_refused(tmp_path):
    """The control: a file with an object in it does not load."""
    np.savez(tmp_path / "heads.npz", names=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        heads.load(tmp_path / "heads.npz")


def test_the_same_posts_give_the_same_bytes(tmp_path):
    """Training twice, files compared byte by byte."""
    from monitor.triage.train.run import Foreign, train, write

    written = []
    for number in range(2):
        trained = train(
            tiny(), [Foreign("ge18.offensive", ["Du Idiot", "Guten Tag", "Ihr Deppen", "Bis bald"], [True, False] * 2)]
        )
        for name, arrays in (("heads", trained.heads), ("mix", trained.mix)):
            path = tmp_path / f"{number}-{name}.npz"
            write(arrays, path)
            written.append(path.read_bytes())
    assert written[:2] == written[2:]
    assert zipfile.is_zipfile(tmp_path / "0-heads.npz")


def test_the_judge_is_named_after_both_files():
    """Stored verdicts are renewed when either changes."""
    name = ModelJudge().name
    assert heads.shipped().digest in name
    assert mix.shipped().digest in name


def test_reasons_of_the_model_quote_words_of_the_original():
    """Masks, umlauts and emoji before it move nothing."""
    text = "😡 Ihr seid A***löcher, die Lieferung kam erst nach drei Wochen!"
    found = [reason for head in ("complaint", "hostile") for reason in model_reasons(text, head)]
    assert found
    assert all(text[reason.start : reason.end].strip() for reason in found)
    assert any("A***löcher" in text[reason.start : reason.end] for reason in found if reason.rule.startswith("hostile"))


def test_small_words_alone_are_no_reason():
    """What weighs something and tells nobody anything ("denn nun") stands back, unless nothing else speaks."""
    text = "Am Telefon hieß es zweimal „morgen“, zurückgerufen hat niemand. Wann kann ich es denn nun abholen?"
    quoted = [text[one.start : one.end] for one in model_reasons(text, "complaint")]
    assert quoted
    assert not {"denn nun", "zweimal „", "zweimal „morgen"} & set(quoted)
    assert model_reasons("So was von da.", "complaint")


def test_shares_of_all_words_add_up_to_the_head():
    """What the reasons show is what the head counts: words, pairs, and pairs of stems."""
    loaded = heads.shipped()
    shares = loaded.shares("Zu spät", "complaint")
    whole = float(loaded.logits("Zu spät")[loaded.index["complaint"]])
    empty = float(loaded.logits("")[loaded.index["complaint"]])
    assert shares[-1].value == pytest.approx(whole - empty, abs=1e-4)


def test_every_question_that_is_explained_has_a_calm_sentence():
    """About words, never about people who write."""
    assert all(words.endswith(".") and "!" not in words for words in WORDS.values())


def test_no_reason_leaves_the_text():
    """Places of every reason of a long, odd text."""
    text = "w w w. 4r5ch A**** " * 800
    found = ModelJudge().judge(PostText("1", text))
    assert all(0 <= reason.start <= reason.end <= len(text) for reason in found.reasons)
