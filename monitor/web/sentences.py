"""Every code in one German sentence: errors, troubles, notes, events. A test walks all codes of the source."""

from monitor.web import care_words
from monitor.words import Spoken, later

ERRORS = Spoken(
    {
        "already_closed": later("Dieser Beitrag ist bereits erledigt."),
        "another_on_its_way": later(
            "Für diesen Beitrag ist schon ein Text unterwegs. Bitte warten Sie, bis er gesichtet ist."
        ),
        "judgement_missing": later(
            "Bitte beantworten Sie jede Frage zur Einschätzung mit einer der angebotenen Antworten."
        ),
        "blocked": later("Das geht im Moment nicht."),
        "card_changed": later("Diese Faktenkarte hat inzwischen eine neue Fassung oder gilt nicht mehr."),
        "card_expired": later(
            "Eine Faktenkarte, auf die sich der Text stützt, gilt nicht mehr. Bitte prüfen Sie die Angabe."
        ),
        "code_wrong": later(
            "Dieser Code gilt nicht. Nach mehreren Versuchen zählt ein neuer erst nach einer Pause; stimmt die Uhr des "
            "Telefons?"
        ),
        "date_wrong": later("Bitte geben Sie die Tage als Datum an."),
        "end_before_begin": later("Der letzte Tag liegt vor dem ersten."),
        "end_missing": later("Bitte geben Sie ein Datum an."),
        "end_in_past": later("Das Ende muss in der Zukunft liegen."),
        "end_too_far": later("Eine Sperre endet spätestens nach einem Jahr; sie lässt sich dann erneuern."),
        "greeting_missing": later(
            "Auf dieser Plattform muss die Antwort die Person mit @Namen nennen, sonst erfährt sie nichts davon."
        ),
        "facts_missing": later(
            "Bitte halten Sie zuerst den Sachverhalt fest. Danach kann die Antwort zur Freigabe gehen."
        ),
        "facts_unclear": later("Solange der Sachverhalt unklar ist, gehen nur Halteantwort oder Rückfrage hinaus."),
        "first_code_wrong": later("Dieser Code passt nicht. Bitte tippen Sie den, der jetzt auf dem Telefon steht."),
        "final_is_out": later("Dieser Beitrag hat schon seine Antwort."),
        "form_expired": later(
            "Das Formular gehörte zu einer älteren Anmeldung. Bitte öffnen Sie die Seite neu und versuchen Sie es "
            "wieder."
        ),
        "four_eyes": later("Hier muss eine zweite Person zustimmen. Sie selbst haben diesen Schritt begonnen."),
        "login_wrong": later(
            "Name oder Passwort stimmen nicht. Nach mehreren Versuchen zählt ein neuer erst nach einer kurzen Pause."
        ),
        "name_missing": later("Bitte geben Sie einen Namen mit höchstens 60 Zeichen an."),
        "key_missing": later(
            "Dafür fehlt der Schlüssel dieser Installation, oder er passt nicht. Bitte sagen Sie es der Person, die "
            "den Server betreut: in WIDERHALL_KEY_FILE steht die Datei."
        ),
        "legal_hold": later("Für diesen Beitrag gilt eine rechtliche Sperre. Bis zu ihrem Ende geht kein Text hinaus."),
        "last_owner": later(
            "Das ist die letzte Person, die als Inhaberin oder Inhaber freigeben kann. Legen Sie zuerst eine zweite an."
        ),
        "mail_wrong": later("Das ist keine Mailadresse. Lassen Sie das Feld leer, wenn nichts geschickt werden soll."),
        "name_alike": later(
            "Dieser Name sieht einem anderen zum Verwechseln ähnlich. Nehmen Sie den Nachnamen dazu, damit im "
            "Protokoll klar ist, wer was getan hat."
        ),
        "name_letters": later(
            "Ein Name besteht aus Buchstaben einer einzigen Schrift, dazu Ziffern, Leerzeichen, Bindestrich, Punkt."
        ),
        "name_taken": later("Diesen Namen gibt es schon."),
        "policy_stop": later(
            "So kann der Text nicht hinausgehen. Unten steht an jeder Stelle, warum, und was dort stehen kann."
        ),
        "not_by_hand": later("Auf dieser Plattform veröffentlicht und prüft Widerhall selbst."),
        "not_proposed": later("Das hat noch niemand vorgeschlagen."),
        "not_sendable": later("Diesen Text nimmt die Plattform so nicht an."),
        "not_your_role": later("Dafür reicht Ihre Rolle nicht aus."),
        "notallowed": later("Dieser Schritt ist hier nicht mehr möglich. Vermutlich war jemand schneller."),
        "nothing_shown": later("Bitte wählen Sie mindestens eine Halteantwort aus."),
        "only_holding_together": later("Nur Halteantworten lassen sich gemeinsam freigeben."),
        "outcome_missing": later("Bitte wählen Sie aus, was Sie auf der Plattform gesehen haben."),
        "own_account": later("Das eigene Konto können Sie hier nicht sperren oder ändern."),
        "owner_only": later("Das kann nur eine Inhaberin oder ein Inhaber."),
        "password_weak": later("Dieses Passwort ist zu leicht zu erraten."),
        "password_wrong": later(
            "Das bisherige Passwort stimmt nicht. Nach mehreren Versuchen zählt ein neuer erst nach einer kurzen Pause."
        ),
        "again_wrong": later(
            "Das Passwort stimmt nicht. Nach mehreren Versuchen zählt ein neuer erst nach einer kurzen Pause."
        ),
        "post_changed": later("Der Beitrag wurde inzwischen geändert. Bitte lesen Sie ihn noch einmal."),
        "post_gone": later("Der Beitrag ist nicht mehr da. Eine Antwort ist nicht möglich."),
        "post_not_public": later(
            "Der Beitrag ist zurzeit nicht öffentlich. Eine Antwort ist erst möglich, wenn er es wieder ist."
        ),
        "reason_missing": later("Bitte geben Sie einen Grund an."),
        "replyerror": later("Das hat nicht geklappt. Bitte laden Sie die Seite neu."),
        "role_missing": later("Bitte wählen Sie eine Rolle."),
        "second_is_off": later("Der Code vom Telefon ist nicht eingeschaltet."),
        "second_needed": later(
            "Für Inhaberinnen und Inhaber gehört hier ein Code vom Telefon zur Anmeldung. Bitte zuerst einrichten."
        ),
        "second_on": later(
            "Der Code vom Telefon ist schon eingeschaltet. Für ein neues Telefon schalten Sie ihn zuerst aus."
        ),
        "second_holding": later("Dieser Beitrag hat schon seine Halteantwort."),
        "share_missing": later("Bitte nennen Sie unseren Anteil. Auch „keiner“ braucht einen Grund."),
        "source_missing": later("Bitte nennen Sie eine Quelle: ein Dokument, eine Seite oder eine Kollegin."),
        "statement_missing": later("Bitte schreiben Sie, was gilt, in einem Satz."),
        "stands_already": later(
            "Dieser Text steht schon unter dem Beitrag. Gilt er auch für die geänderte Fassung, dann sagen Sie das "
            "bitte in einem eigenen Satz."
        ),
        "stale": later("Jemand war schneller. Bitte sehen Sie den neuen Stand an."),
        "taken_by_other": later("Diesen Text hat schon jemand anderes zum Veröffentlichen genommen."),
        "text_changed": later(
            "Der Text wurde inzwischen geändert. Es gilt, was jetzt hier steht; bitte lesen Sie ihn noch einmal."
        ),
        "verdict_missing": later("Bitte wählen Sie aus, ob die Beschwerde berechtigt ist."),
        "too_long_form": later("Bitte fassen Sie sich kürzer."),
        "too_soon": later("Dafür ist es noch zu früh. Der zweite Blick zählt erst mit Abstand."),
        "wordings_used_up": later("Hier sind alle Vorschläge schon verwendet. Bitte schreiben Sie selbst."),
        "warnings_unseen": later(
            "Bitte sehen Sie die Hinweise an und bestätigen Sie, dass die Antwort so hinausgehen soll."
        ),
        "undo_over": later("Die Zeit zum Rückgängigmachen ist um. Die Antwort ist schon unterwegs."),
        "unknown": later("Das gibt es nicht (mehr)."),
    }
)
ERRORS |= care_words.ERRORS

TROUBLE = Spoken(
    {
        "account_stopped": later(
            "Die Plattform lässt uns zurzeit nicht veröffentlichen. Die Antwort wartet, siehe Quellen."
        ),
        "ask_open": later(
            "Die Freigabe gilt nicht mehr, weil danach eine Kollegin gefragt wurde. Der Text ist wieder Entwurf."
        ),
        "cannot_look": later(
            "Hier lässt sich nichts nachlesen. Bitte sehen Sie auf der Plattform nach und entscheiden Sie."
        ),
        "diverged": later(
            "Auf der Plattform steht ein anderer Text als freigegeben. Bitte sehen Sie nach und entscheiden Sie."
        ),
        "enough_for_now": later(
            "In der letzten Stunde ging hier schon genug hinaus. Diese Antwort geht später von selbst."
        ),
        "given_up": later("Wurde nach Prüfung aufgegeben."),
        "legal_stop": later(
            "Die Freigabe gilt nicht mehr, weil es um rechtliche Schritte geht. Erst entscheidet eine Inhaberin oder "
            "ein Inhaber mit Grund."
        ),
        "look_needed": later(
            "Von Hand veröffentlicht. Jetzt fehlt noch der Blick, ob die Antwort öffentlich zu sehen ist."
        ),
        "not_seen": later("Die Plattform hat die Antwort angenommen, zu sehen ist sie nicht. Bitte sehen Sie nach."),
        "pending": later("Die Plattform prüft die Antwort noch."),
        "post_changed": later(
            "Die Freigabe gilt nicht mehr, weil der Beitrag geändert wurde. Bitte lesen Sie ihn neu."
        ),
        "erased": later("Der Beitrag wurde auf Wunsch gelöscht, deshalb geht die Antwort nicht hinaus."),
        "post_gone": later("Der Beitrag ist verschwunden, deshalb geht die Antwort nicht hinaus."),
        "post_unread": later(
            "Der Beitrag ließ sich nicht neu lesen. Die Antwort wartet, Widerhall versucht es noch einmal."
        ),
        "refused": later("Die Plattform hat den Text nicht angenommen."),
        "released": later("Das Anliegen ist ohne Antwort erledigt, deshalb ging der Text nicht hinaus."),
        "own_post": later("Der Beitrag ist unser eigener, deshalb geht keine Antwort hinaus."),
        "rejected": later("Die Plattform hat die Antwort entfernt oder zeigt sie nicht."),
        "restored": later("Nach einer Wiederherstellung ist unklar, ob die Antwort schon hinausging."),
        "safety_stop": later(
            "Die Freigabe gilt nicht mehr, weil der Beitrag als Drohung gilt. Erst entscheidet eine Inhaberin oder ein "
            "Inhaber mit Grund."
        ),
        "several_found": later(
            "Auf der Plattform stehen mehrere passende Antworten. Bitte sehen Sie nach und entscheiden Sie."
        ),
        "target_missing": later("Die Plattform findet den Beitrag nicht. Widerhall versucht es noch einmal."),
        "text_changed": later("Die Freigabe gilt nicht mehr, weil sich der Text geändert hat."),
        "unclear": later("Es ist unklar, ob die Antwort ankam. Widerhall sieht nach und sendet nichts doppelt."),
        "vanished": later(
            "Die Antwort stand schon öffentlich und ist jetzt nicht mehr zu sehen. Bitte sehen Sie nach."
        ),
        "waiting_for_platform": later(
            "Die Plattform ist nicht erreichbar. Die Antwort ging nicht hinaus und wird später gesendet."
        ),
        "writing_waits": later(
            "Die Plattform nimmt gerade keine weiteren Texte von uns an. Die Antwort geht später von selbst."
        ),
    }
)

REOPENED = Spoken(
    {
        "answer_vanished": later("Unsere Antwort ist verschwunden."),
        "post_changed": later("Der Beitrag wurde geändert."),
        "post_back": later("Der Beitrag ist wieder da."),
        "not_our_own": later("Der Beitrag ist doch nicht von uns."),
        "hold_ended": later("Die rechtliche Sperre ist abgelaufen."),
        "answer_elsewhere_vanished": later("Die Antwort an anderer Stelle ist verschwunden."),
    }
)

EVENTS = Spoken(
    {
        "reply.draft": later("Entwurf begonnen"),
        "reply.first_look": later("erster Blick zur Freigabe"),
        "duty.open": later("Antwortpflicht begonnen"),
        "retention.done": later("Fristen angewendet"),
        "person.erased": later("Daten einer Person gelöscht"),
        "person.exported": later("Auskunft über eine Person gegeben"),
        "fact.write": later("Faktenkarte geschrieben"),
        "fact.end": later("Faktenkarte aus dem Verkehr gezogen"),
        "reply.cite": later("Faktenkarten zur Antwort gewählt"),
        "reply.warned": later("Hinweise gesehen und so freigegeben"),
        "duty.facts": later("Sachverhalt festgehalten"),
        "duty.propose_no_complaint": later("„keine Beschwerde“ vorgeschlagen"),
        "duty.drop_proposal": later("Vorschlag „keine Beschwerde“ hinfällig"),
        "duty.assign": later("Zuständigkeit geändert"),
        "duty.sort_in": later("eingeordnet: braucht eine Antwort"),
        "verdict.look": later("Einschätzung geprüft"),
        "duty.take_from_backlog": later("aus dem Altbestand übernommen"),
        "user.login": later("angemeldet"),
        "user.logout": later("abgemeldet"),
        "user.login_failed": later("Anmeldung mit falschem Passwort versucht"),
        "user.login_braked": later("Anmeldung nach mehreren Fehlversuchen gebremst"),
        "user.code_failed": later("Passwort richtig, Code falsch"),
        "user.code_braked": later("Passwort richtig, Code mehrmals falsch: gebremst"),
        "user.second_on": later("Code vom Telefon eingeschaltet"),
        "user.second_off": later("Code vom Telefon ausgeschaltet"),
        "user.recovery_used": later("mit einem Notfallcode angemeldet"),
        "user.recovery_new": later("neue Notfallcodes"),
        "user.add": later("Person angelegt"),
        "user.disable": later("Person gesperrt"),
        "user.enable": later("Person entsperrt"),
        "user.mail": later("Mailadresse geändert"),
        "user.role": later("Rolle geändert"),
        "user.password": later("Passwort geändert"),
        "outbox.paused": later("Postausgang angehalten"),
        "outbox.running": later("Postausgang läuft wieder"),
        "post.gone": later("Beitrag ist verschwunden"),
        "posts.kept": later("Beiträge gespeichert, Siegel festgehalten"),
        "backup.restored": later("Sicherung zurückgespielt"),
        "posts.forgotten": later("Beiträge vergessen, Siegel erneuert"),
        "source.added": later("Quelle hinzugefügt"),
        "source.removed": later("Quelle herausgenommen"),
        "source.stopped": later("Veröffentlichen gestoppt"),
        "source.recovered": later("Quelle läuft wieder"),
        "source.unreadable_closed": later("Unlesbare Datensätze einer Quelle sind erledigt"),
        "source.stale": later("Quelle zu lange nicht gelesen"),
        "source.fresh": later("Quelle wird wieder gelesen"),
        "source.config": later("Quelle: Adresse oder Rechte stimmen nicht"),
        "source.login": later("Quelle: Anmeldung beendet"),
        "source.quota": later("Quelle: Plattform bittet um Pause"),
        "source.unavailable": later("Quelle nicht erreichbar"),
        "source.changed": later("Quelle antwortet anders als bisher"),
        "source.silent": later("Quelle ungewöhnlich still"),
    }
)
EVENTS |= care_words.EVENTS

NOTES = Spoken(
    {
        "saved": later("Gespeichert."),
        "facts": later("Der Sachverhalt ist festgehalten."),
        "submitted": later("Zur Freigabe gegeben."),
        "fact_written": later("Die Faktenkarte gilt."),
        "fact_ended": later("Die Faktenkarte gilt nicht mehr. Beantwortetes bleibt, wie es ist."),
        "holding": later("Die Halteantwort wartet auf Freigabe."),
        "together": later(
            "Freigegeben. Die Halteantworten gehen gleich hinaus; jede lässt sich bis dahin an ihrem Beitrag "
            "zurückholen."
        ),
        "returned": later("Mit Ihrem Grund zurückgegeben."),
        "changed": later("Geändert. Weil Sie den Text geändert haben, muss jetzt eine zweite Person zustimmen."),
        "undone": later("Die Freigabe ist zurückgenommen. Nichts ging hinaus."),
        "withdrawn": later("Zurückgezogen."),
        "proposed": later("Vorgeschlagen. Jetzt fehlt der zweite Blick."),
        "confirmed": later("Bestätigt: keine Beschwerde."),
        "assigned": later("Sie haben das Anliegen übernommen."),
        "left": later("Abgegeben. Jemand anderes kann es übernehmen. Einen Grund brauchen Sie nicht."),
        "sorted": later("Eingeordnet: braucht eine Antwort."),
        "looked": later("Danke. Ihre Angaben gelten jetzt für diesen Text; eine offene Antwortpflicht bleibt offen."),
        "looked_none": later("Festgehalten und vorgeschlagen: keine Antwort nötig. Jetzt fehlt der zweite Blick."),
        "taken": later("Aus dem Altbestand übernommen, die Fristen laufen jetzt."),
        "released": later("Vermerkt und aus der Liste genommen."),
        "look": later("Ihr erster Blick ist vermerkt. Der zweite zählt erst mit Abstand."),
        "claimed": later("Sie haben den Text. Bitte veröffentlichen Sie ihn jetzt auf der Plattform."),
        "posted": later("Vermerkt. Jetzt fehlt noch der Blick, ob die Antwort öffentlich zu sehen ist."),
        "unsure": later("Vermerkt als unklar. Eine Inhaberin oder ein Inhaber entscheidet."),
        "seen": later("Vermerkt: öffentlich gesichtet."),
        "settled": later("Entschieden und vermerkt."),
        "rework": later("Wieder ein Entwurf."),
        "password": later("Das Passwort ist geändert. Andere Anmeldungen sind beendet."),
        "half_over": later("Bitte beginnen Sie noch einmal mit Namen und Passwort."),
        "recovery": later("Sie sind mit einem Notfallcode hereingekommen; er gilt nicht noch einmal."),
        "second_off": later("Der Code vom Telefon ist ausgeschaltet."),
        "person": later("Gespeichert. Die Anmeldungen dieser Person sind beendet."),
        "added": later("Angelegt."),
        "mail": later("Die Mailadresse ist gespeichert."),
        "paused": later("Der Postausgang ist angehalten. Es geht nichts hinaus."),
        "resumed": later("Der Postausgang läuft."),
        "out": later("Sie sind abgemeldet."),
    }
)
NOTES |= care_words.NOTES

FAULTS: dict[int, tuple[str, str]] = {
    400: (
        later("Diese Anfrage verstehen wir nicht"),
        later("Bitte öffnen Sie die Seite unter ihrer gewohnten Adresse."),
    ),
    401: (
        later("Ihre Anmeldung ist abgelaufen"),
        later("Bitte melden Sie sich neu an."),
    ),
    403: (
        later("Das geht von hier aus nicht"),
        later("Die Anfrage kam nicht von einer Seite dieser Anmeldung. Nichts wurde geändert."),
    ),
    404: (
        later("Diese Seite gibt es nicht"),
        later("Vielleicht wurde der Beitrag gelöscht, oder die Adresse ist unvollständig."),
    ),
    503: (later("Gerade melden sich sehr viele an"), later("Bitte versuchen Sie es in einer Minute noch einmal.")),
    405: (later("Das geht so nicht"), later("Bitte benutzen Sie die Knöpfe auf der Seite.")),
    413: (
        later("Das ist zu viel auf einmal"),
        later("Der Text ist länger, als eine Seite annimmt. Bitte kürzen Sie ihn; gehen Sie dazu im Browser zurück."),
    ),
    415: (later("Diese Anfrage verstehen wir nicht"), later("Bitte benutzen Sie die Formulare auf der Seite.")),
    422: (
        later("Da fehlt etwas"),
        later("Das Formular kam unvollständig an. Bitte gehen Sie im Browser zurück und versuchen Sie es noch einmal."),
    ),
    500: (
        later("Hier ist etwas schiefgegangen"),
        later("Es liegt nicht an Ihnen. Nichts wurde halb gespeichert. Bitte versuchen Sie es gleich noch einmal."),
    ),
}
