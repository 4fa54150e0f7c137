"""Every code in one German sentence: errors, troubles, notes, events. A test walks all codes of the source."""

from monitor.web import care_words
from monitor.words import _

ERRORS: dict[str, str] = {
    "already_closed": _("Dieser Beitrag ist bereits erledigt."),
    "another_on_its_way": _("Für diesen Beitrag ist schon ein Text unterwegs. Bitte warten Sie, bis er gesichtet ist."),
    "judgement_missing": _("Bitte beantworten Sie jede Frage zur Einschätzung mit einer der angebotenen Antworten."),
    "blocked": _("Das geht im Moment nicht."),
    "card_changed": _("Diese Faktenkarte hat inzwischen eine neue Fassung oder gilt nicht mehr."),
    "card_expired": _("Eine Faktenkarte, auf die sich der Text stützt, gilt nicht mehr. Bitte prüfen Sie die Angabe."),
    "code_wrong": _(
        "Dieser Code gilt nicht. Nach mehreren Versuchen zählt ein neuer erst nach einer Pause; stimmt die Uhr des "
        "Telefons?"
    ),
    "date_wrong": _("Bitte geben Sie die Tage als Datum an."),
    "end_before_begin": _("Der letzte Tag liegt vor dem ersten."),
    "end_missing": _("Bitte geben Sie ein Datum an."),
    "end_in_past": _("Das Ende muss in der Zukunft liegen."),
    "end_too_far": _("Eine Sperre endet spätestens nach einem Jahr; sie lässt sich dann erneuern."),
    "greeting_missing": _(
        "Auf dieser Plattform muss die Antwort die Person mit @Namen nennen, sonst erfährt sie nichts davon."
    ),
    "facts_missing": _("Bitte halten Sie zuerst den Sachverhalt fest. Danach kann die Antwort zur Freigabe gehen."),
    "facts_unclear": _("Solange der Sachverhalt unklar ist, gehen nur Halteantwort oder Rückfrage hinaus."),
    "first_code_wrong": _("Dieser Code passt nicht. Bitte tippen Sie den, der jetzt auf dem Telefon steht."),
    "final_is_out": _("Dieser Beitrag hat schon seine Antwort."),
    "form_expired": _(
        "Das Formular gehörte zu einer älteren Anmeldung. Bitte öffnen Sie die Seite neu und versuchen Sie es wieder."
    ),
    "four_eyes": _("Hier muss eine zweite Person zustimmen. Sie selbst haben diesen Schritt begonnen."),
    "login_wrong": _(
        "Name oder Passwort stimmen nicht. Nach mehreren Versuchen zählt ein neuer erst nach einer kurzen Pause."
    ),
    "name_missing": _("Bitte geben Sie einen Namen mit höchstens 60 Zeichen an."),
    "key_missing": _(
        "Dafür fehlt der Schlüssel dieser Installation, oder er passt nicht. Bitte sagen Sie es der Person, die den "
        "Server betreut: in WIDERHALL_KEY_FILE steht die Datei."
    ),
    "legal_hold": _("Für diesen Beitrag gilt eine rechtliche Sperre. Bis zu ihrem Ende geht kein Text hinaus."),
    "last_owner": _(
        "Das ist die letzte Person, die als Inhaberin oder Inhaber freigeben kann. Legen Sie zuerst eine zweite an."
    ),
    "mail_wrong": _("Das ist keine Mailadresse. Lassen Sie das Feld leer, wenn nichts geschickt werden soll."),
    "name_alike": _(
        "Dieser Name sieht einem anderen zum Verwechseln ähnlich. Nehmen Sie den Nachnamen dazu, damit im Protokoll "
        "klar ist, wer was getan hat."
    ),
    "name_letters": _(
        "Ein Name besteht aus Buchstaben einer einzigen Schrift, dazu Ziffern, Leerzeichen, Bindestrich, Punkt."
    ),
    "name_taken": _("Diesen Namen gibt es schon."),
    "policy_stop": _(
        "So kann der Text nicht hinausgehen. Unten steht an jeder Stelle, warum, und was dort stehen kann."
    ),
    "not_by_hand": _("Auf dieser Plattform veröffentlicht und prüft Widerhall selbst."),
    "not_proposed": _("Das hat noch niemand vorgeschlagen."),
    "not_sendable": _("Diesen Text nimmt die Plattform so nicht an."),
    "not_your_role": _("Dafür reicht Ihre Rolle nicht aus."),
    "notallowed": _("Dieser Schritt ist hier nicht mehr möglich. Vermutlich war jemand schneller."),
    "nothing_shown": _("Bitte wählen Sie mindestens eine Halteantwort aus."),
    "only_holding_together": _("Nur Halteantworten lassen sich gemeinsam freigeben."),
    "outcome_missing": _("Bitte wählen Sie aus, was Sie auf der Plattform gesehen haben."),
    "own_account": _("Das eigene Konto können Sie hier nicht sperren oder ändern."),
    "owner_only": _("Das kann nur eine Inhaberin oder ein Inhaber."),
    "password_weak": _("Dieses Passwort ist zu leicht zu erraten."),
    "password_wrong": _(
        "Das bisherige Passwort stimmt nicht. Nach mehreren Versuchen zählt ein neuer erst nach einer kurzen Pause."
    ),
    "again_wrong": _(
        "Das Passwort stimmt nicht. Nach mehreren Versuchen zählt ein neuer erst nach einer kurzen Pause."
    ),
    "post_changed": _("Der Beitrag wurde inzwischen geändert. Bitte lesen Sie ihn noch einmal."),
    "post_gone": _("Der Beitrag ist nicht mehr da. Eine Antwort ist nicht möglich."),
    "post_not_public": _(
        "Der Beitrag ist zurzeit nicht öffentlich. Eine Antwort ist erst möglich, wenn er es wieder ist."
    ),
    "reason_missing": _("Bitte geben Sie einen Grund an."),
    "replyerror": _("Das hat nicht geklappt. Bitte laden Sie die Seite neu."),
    "role_missing": _("Bitte wählen Sie eine Rolle."),
    "second_is_off": _("Der Code vom Telefon ist nicht eingeschaltet."),
    "second_needed": _(
        "Für Inhaberinnen und Inhaber gehört hier ein Code vom Telefon zur Anmeldung. Bitte zuerst einrichten."
    ),
    "second_on": _("Der Code vom Telefon ist schon eingeschaltet. Für ein neues Telefon schalten Sie ihn zuerst aus."),
    "second_holding": _("Dieser Beitrag hat schon seine Halteantwort."),
    "share_missing": _("Bitte nennen Sie unseren Anteil. Auch „keiner“ braucht einen Grund."),
    "source_missing": _("Bitte nennen Sie eine Quelle: ein Dokument, eine Seite oder eine Kollegin."),
    "statement_missing": _("Bitte schreiben Sie, was gilt, in einem Satz."),
    "stands_already": _(
        "Dieser Text steht schon unter dem Beitrag. Gilt er auch für die geänderte Fassung, dann sagen Sie das bitte "
        "in einem eigenen Satz."
    ),
    "stale": _("Jemand war schneller. Bitte sehen Sie den neuen Stand an."),
    "taken_by_other": _("Diesen Text hat schon jemand anderes zum Veröffentlichen genommen."),
    "text_changed": _(
        "Der Text wurde inzwischen geändert. Es gilt, was jetzt hier steht; bitte lesen Sie ihn noch einmal."
    ),
    "verdict_missing": _("Bitte wählen Sie aus, ob die Beschwerde berechtigt ist."),
    "too_long_form": _("Bitte fassen Sie sich kürzer."),
    "too_soon": _("Dafür ist es noch zu früh. Der zweite Blick zählt erst mit Abstand."),
    "wordings_used_up": _("Hier sind alle Vorschläge schon verwendet. Bitte schreiben Sie selbst."),
    "warnings_unseen": _("Bitte sehen Sie die Hinweise an und bestätigen Sie, dass die Antwort so hinausgehen soll."),
    "undo_over": _("Die Zeit zum Rückgängigmachen ist um. Die Antwort ist schon unterwegs."),
    "unknown": _("Das gibt es nicht (mehr)."),
}
ERRORS |= care_words.ERRORS

TROUBLE: dict[str, str] = {
    "account_stopped": _("Die Plattform lässt uns zurzeit nicht veröffentlichen. Die Antwort wartet, siehe Quellen."),
    "ask_open": _(
        "Die Freigabe gilt nicht mehr, weil danach eine Kollegin gefragt wurde. Der Text ist wieder Entwurf."
    ),
    "cannot_look": _("Hier lässt sich nichts nachlesen. Bitte sehen Sie auf der Plattform nach und entscheiden Sie."),
    "diverged": _(
        "Auf der Plattform steht ein anderer Text als freigegeben. Bitte sehen Sie nach und entscheiden Sie."
    ),
    "enough_for_now": _("In der letzten Stunde ging hier schon genug hinaus. Diese Antwort geht später von selbst."),
    "given_up": _("Wurde nach Prüfung aufgegeben."),
    "legal_stop": _(
        "Die Freigabe gilt nicht mehr, weil es um rechtliche Schritte geht. Erst entscheidet eine Inhaberin oder ein "
        "Inhaber mit Grund."
    ),
    "look_needed": _("Von Hand veröffentlicht. Jetzt fehlt noch der Blick, ob die Antwort öffentlich zu sehen ist."),
    "not_seen": _("Die Plattform hat die Antwort angenommen, zu sehen ist sie nicht. Bitte sehen Sie nach."),
    "pending": _("Die Plattform prüft die Antwort noch."),
    "post_changed": _("Die Freigabe gilt nicht mehr, weil der Beitrag geändert wurde. Bitte lesen Sie ihn neu."),
    "erased": _("Der Beitrag wurde auf Wunsch gelöscht, deshalb geht die Antwort nicht hinaus."),
    "post_gone": _("Der Beitrag ist verschwunden, deshalb geht die Antwort nicht hinaus."),
    "post_unread": _("Der Beitrag ließ sich nicht neu lesen. Die Antwort wartet, Widerhall versucht es noch einmal."),
    "refused": _("Die Plattform hat den Text nicht angenommen."),
    "released": _("Das Anliegen ist ohne Antwort erledigt, deshalb ging der Text nicht hinaus."),
    "own_post": _("Der Beitrag ist unser eigener, deshalb geht keine Antwort hinaus."),
    "rejected": _("Die Plattform hat die Antwort entfernt oder zeigt sie nicht."),
    "restored": _("Nach einer Wiederherstellung ist unklar, ob die Antwort schon hinausging."),
    "safety_stop": _(
        "Die Freigabe gilt nicht mehr, weil der Beitrag als Drohung gilt. Erst entscheidet eine Inhaberin oder ein "
        "Inhaber mit Grund."
    ),
    "several_found": _(
        "Auf der Plattform stehen mehrere passende Antworten. Bitte sehen Sie nach und entscheiden Sie."
    ),
    "target_missing": _("Die Plattform findet den Beitrag nicht. Widerhall versucht es noch einmal."),
    "text_changed": _("Die Freigabe gilt nicht mehr, weil sich der Text geändert hat."),
    "unclear": _("Es ist unklar, ob die Antwort ankam. Widerhall sieht nach und sendet nichts doppelt."),
    "vanished": _("Die Antwort stand schon öffentlich und ist jetzt nicht mehr zu sehen. Bitte sehen Sie nach."),
    "waiting_for_platform": _(
        "Die Plattform ist nicht erreichbar. Die Antwort ging nicht hinaus und wird später gesendet."
    ),
    "writing_waits": _(
        "Die Plattform nimmt gerade keine weiteren Texte von uns an. Die Antwort geht später von selbst."
    ),
}

REOPENED: dict[str, str] = {
    "answer_vanished": _("Unsere Antwort ist verschwunden."),
    "post_changed": _("Der Beitrag wurde geändert."),
    "post_back": _("Der Beitrag ist wieder da."),
    "not_our_own": _("Der Beitrag ist doch nicht von uns."),
    "hold_ended": _("Die rechtliche Sperre ist abgelaufen."),
    "answer_elsewhere_vanished": _("Die Antwort an anderer Stelle ist verschwunden."),
}

EVENTS: dict[str, str] = {
    "reply.draft": _("Entwurf begonnen"),
    "reply.first_look": _("erster Blick zur Freigabe"),
    "duty.open": _("Antwortpflicht begonnen"),
    "retention.done": _("Fristen angewendet"),
    "person.erased": _("Daten einer Person gelöscht"),
    "person.exported": _("Auskunft über eine Person gegeben"),
    "fact.write": _("Faktenkarte geschrieben"),
    "fact.end": _("Faktenkarte aus dem Verkehr gezogen"),
    "reply.cite": _("Faktenkarten zur Antwort gewählt"),
    "reply.warned": _("Hinweise gesehen und so freigegeben"),
    "duty.facts": _("Sachverhalt festgehalten"),
    "duty.propose_no_complaint": _("„keine Beschwerde“ vorgeschlagen"),
    "duty.drop_proposal": _("Vorschlag „keine Beschwerde“ hinfällig"),
    "duty.assign": _("Zuständigkeit geändert"),
    "duty.sort_in": _("eingeordnet: braucht eine Antwort"),
    "verdict.look": _("Einschätzung geprüft"),
    "duty.take_from_backlog": _("aus dem Altbestand übernommen"),
    "user.login": _("angemeldet"),
    "user.logout": _("abgemeldet"),
    "user.login_failed": _("Anmeldung mit falschem Passwort versucht"),
    "user.login_braked": _("Anmeldung nach mehreren Fehlversuchen gebremst"),
    "user.code_failed": _("Passwort richtig, Code falsch"),
    "user.code_braked": _("Passwort richtig, Code mehrmals falsch: gebremst"),
    "user.second_on": _("Code vom Telefon eingeschaltet"),
    "user.second_off": _("Code vom Telefon ausgeschaltet"),
    "user.recovery_used": _("mit einem Notfallcode angemeldet"),
    "user.recovery_new": _("neue Notfallcodes"),
    "user.add": _("Person angelegt"),
    "user.disable": _("Person gesperrt"),
    "user.enable": _("Person entsperrt"),
    "user.mail": _("Mailadresse geändert"),
    "user.role": _("Rolle geändert"),
    "user.password": _("Passwort geändert"),
    "outbox.paused": _("Postausgang angehalten"),
    "outbox.running": _("Postausgang läuft wieder"),
    "post.gone": _("Beitrag ist verschwunden"),
    "posts.kept": _("Beiträge gespeichert, Siegel festgehalten"),
    "posts.forgotten": _("Beiträge vergessen, Siegel erneuert"),
    "source.added": _("Quelle hinzugefügt"),
    "source.removed": _("Quelle herausgenommen"),
    "source.stopped": _("Veröffentlichen gestoppt"),
    "source.recovered": _("Quelle läuft wieder"),
    "source.unreadable_closed": _("Unlesbare Datensätze einer Quelle sind erledigt"),
    "source.stale": _("Quelle zu lange nicht gelesen"),
    "source.fresh": _("Quelle wird wieder gelesen"),
    "source.config": _("Quelle: Adresse oder Rechte stimmen nicht"),
    "source.login": _("Quelle: Anmeldung beendet"),
    "source.quota": _("Quelle: Plattform bittet um Pause"),
    "source.unavailable": _("Quelle nicht erreichbar"),
    "source.changed": _("Quelle antwortet anders als bisher"),
    "source.silent": _("Quelle ungewöhnlich still"),
}
EVENTS |= care_words.EVENTS

NOTES: dict[str, str] = {
    "saved": _("Gespeichert."),
    "facts": _("Der Sachverhalt ist festgehalten."),
    "submitted": _("Zur Freigabe gegeben."),
    "fact_written": _("Die Faktenkarte gilt."),
    "fact_ended": _("Die Faktenkarte gilt nicht mehr. Beantwortetes bleibt, wie es ist."),
    "holding": _("Die Halteantwort wartet auf Freigabe."),
    "together": _(
        "Freigegeben. Die Halteantworten gehen gleich hinaus; jede lässt sich bis dahin an ihrem Beitrag zurückholen."
    ),
    "returned": _("Mit Ihrem Grund zurückgegeben."),
    "changed": _("Geändert. Weil Sie den Text geändert haben, muss jetzt eine zweite Person zustimmen."),
    "undone": _("Die Freigabe ist zurückgenommen. Nichts ging hinaus."),
    "withdrawn": _("Zurückgezogen."),
    "proposed": _("Vorgeschlagen. Jetzt fehlt der zweite Blick."),
    "confirmed": _("Bestätigt: keine Beschwerde."),
    "assigned": _("Sie haben das Anliegen übernommen."),
    "left": _("Abgegeben. Jemand anderes kann es übernehmen. Einen Grund brauchen Sie nicht."),
    "sorted": _("Eingeordnet: braucht eine Antwort."),
    "looked": _("Danke. Ihre Angaben gelten jetzt für diesen Text; eine offene Antwortpflicht bleibt offen."),
    "looked_none": _("Festgehalten und vorgeschlagen: keine Antwort nötig. Jetzt fehlt der zweite Blick."),
    "taken": _("Aus dem Altbestand übernommen, die Fristen laufen jetzt."),
    "released": _("Vermerkt und aus der Liste genommen."),
    "look": _("Ihr erster Blick ist vermerkt. Der zweite zählt erst mit Abstand."),
    "claimed": _("Sie haben den Text. Bitte veröffentlichen Sie ihn jetzt auf der Plattform."),
    "posted": _("Vermerkt. Jetzt fehlt noch der Blick, ob die Antwort öffentlich zu sehen ist."),
    "unsure": _("Vermerkt als unklar. Eine Inhaberin oder ein Inhaber entscheidet."),
    "seen": _("Vermerkt: öffentlich gesichtet."),
    "settled": _("Entschieden und vermerkt."),
    "rework": _("Wieder ein Entwurf."),
    "password": _("Das Passwort ist geändert. Andere Anmeldungen sind beendet."),
    "half_over": _("Bitte beginnen Sie noch einmal mit Namen und Passwort."),
    "recovery": _("Sie sind mit einem Notfallcode hereingekommen; er gilt nicht noch einmal."),
    "second_off": _("Der Code vom Telefon ist ausgeschaltet."),
    "person": _("Gespeichert. Die Anmeldungen dieser Person sind beendet."),
    "added": _("Angelegt."),
    "mail": _("Die Mailadresse ist gespeichert."),
    "paused": _("Der Postausgang ist angehalten. Es geht nichts hinaus."),
    "resumed": _("Der Postausgang läuft."),
    "out": _("Sie sind abgemeldet."),
}
NOTES |= care_words.NOTES

FAULTS: dict[int, tuple[str, str]] = {
    400: (_("Diese Anfrage verstehen wir nicht"), _("Bitte öffnen Sie die Seite unter ihrer gewohnten Adresse.")),
    401: (
        _("Ihre Anmeldung ist abgelaufen"),
        _("Bitte melden Sie sich neu an."),
    ),
    403: (
        _("Das geht von hier aus nicht"),
        _("Die Anfrage kam nicht von einer Seite dieser Anmeldung. Nichts wurde geändert."),
    ),
    404: (
        _("Diese Seite gibt es nicht"),
        _("Vielleicht wurde der Beitrag gelöscht, oder die Adresse ist unvollständig."),
    ),
    503: (_("Gerade melden sich sehr viele an"), _("Bitte versuchen Sie es in einer Minute noch einmal.")),
    405: (_("Das geht so nicht"), _("Bitte benutzen Sie die Knöpfe auf der Seite.")),
    413: (
        _("Das ist zu viel auf einmal"),
        _("Der Text ist länger, als eine Seite annimmt. Bitte kürzen Sie ihn; gehen Sie dazu im Browser zurück."),
    ),
    415: (_("Diese Anfrage verstehen wir nicht"), _("Bitte benutzen Sie die Formulare auf der Seite.")),
    422: (
        _("Da fehlt etwas"),
        _("Das Formular kam unvollständig an. Bitte gehen Sie im Browser zurück und versuchen Sie es noch einmal."),
    ),
    500: (
        _("Hier ist etwas schiefgegangen"),
        _("Es liegt nicht an Ihnen. Nichts wurde halb gespeichert. Bitte versuchen Sie es gleich noch einmal."),
    ),
}
