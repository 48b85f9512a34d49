"""What somebody is called, and how they want dates: two cards of the screen of their account."""

from functools import partial

from components.kit.card import Card
from components.kit.fields import Values
from components.kit.form import Form
from components.kit.saved import Saved
from data.database import Actor
from data.inputs import dates
from data.services.accounts.profile import Profile, choose_dates, profile, rename
from pages.shell import live

NONE = 'none'
"""What stands in the lists for nothing chosen."""

AS_HERE, AS_BROWSER = 'English, like everything here', 'That of the browser'
SEEN = 'People you work with see it beside your address, {}. Without one, they see the address.'
ELSEWHERE = 'You saved this in another window while you were typing.'


def stored_profile(actor: Actor) -> Profile:
    """What the actor has said of themselves; what they can choose from is made ready with it. Raises SignedOut."""
    dates.languages(), dates.countries_of_zones()
    return profile(actor)


def name_card(actor: Actor, stored: Profile) -> None:
    """What others see beside the address."""

    def values(name: str | None) -> Saved:
        return Saved({'name': name or ''}, form.stored.version + 1)

    def save(typed: Values, _: int) -> Saved:
        return values(rename(actor, typed['name'], expected=form.stored.values['name'] or None))

    def load() -> Saved:
        return values(profile(actor).name)

    with Card('Display name', hint=SEEN.format(stored.email), at='display-name') as card:
        form = Form(load, save, Saved({'name': stored.name or ''}, 1), refused=None, kept='display-name')
        with form.element:
            form.fields.text('name', 'Name (optional)', autocomplete='name', autocapitalize='words', spellcheck='false')
            form.actions('Save name')

    @live.watch_own(profile)
    def refresh(now: Profile) -> None:
        card.tell(hint=SEEN.format(now.email))
        if (now.name or '') != form.stored.values['name']:
            form.take(values(now.name), ELSEWHERE)


def dates_card(actor: Actor, stored: Profile) -> None:
    """The language and the time zone of exact moments."""

    def values(language: str | None, zone: str | None, version: int = 0) -> Saved:
        return Saved({'language': language or NONE, 'time_zone': zone or NONE}, version or form.stored.version + 1)

    def chosen(values: Values) -> tuple[str | None, str | None]:
        language, zone = (None if values[name] == NONE else values[name] for name in ('language', 'time_zone'))
        return language, zone

    def save(typed: Values, _: int) -> Saved:
        return values(*choose_dates(actor, *chosen(typed), expected=chosen(form.stored.values)))

    def load() -> Saved:
        now = profile(actor)
        return values(now.language, now.time_zone)

    sentence = (
        'How exact dates and times are written for you, here, in mails and in files. Everything else stays English.'
    )
    with Card('Dates and times', hint=sentence, at='dates'):
        form = Form(load, save, values(stored.language, stored.time_zone, 1), refused=None, kept='dates')
        with form.element:
            languages, zones = {NONE: AS_HERE, **dates.languages()}, {NONE: AS_BROWSER, **dates.time_zones()}
            add = partial(form.fields.choice, search=True)
            add('language', 'Language of dates', languages).props['blank'] = NONE
            add('time_zone', 'Time zone', zones, names=dates.countries_of_zones()).props['blank'] = NONE
            form.actions('Save dates')

    @live.watch_own(profile)
    def refresh(now: Profile) -> None:
        fresh = values(now.language, now.time_zone)
        if fresh.values != form.stored.values:
            form.take(fresh, ELSEWHERE)
