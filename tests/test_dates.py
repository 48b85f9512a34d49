"""The language and the time zone of dates: offered, checked, kept, and followed by mails and files."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from babel import Locale
from sqlalchemy import Engine

from data import clock
from data.changes import ACCOUNT, Change
from data.inputs import dates, moments
from data.models import Role
from data.problems import Invalid, SignedOut, Stale
from data.runtime.mail_server import MailServer
from data.services import audit, exports, invitations, organizations
from data.services.accounts import recovery
from data.services.accounts.profile import Profile, choose_dates, profile
from tests.support.inbox import post_office
from tests.support.mailing import NINA, delivered, mail_set_up
from tests.support.post_office import Box
from tests.support.probes import refused, rows, run
from tests.support.world import NETWORK, World

MOMENT = datetime(2026, 11, 6, 7, 6, tzinfo=UTC)
NOTHING = None, None


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_set_up() as server:
        yield server


@pytest.mark.parametrize(
    ('language', 'zone', 'words'),
    [
        (None, None, '6 November 2026, 07:06 UTC'),
        (None, 'Europe/Berlin', '6 November 2026, 08:06 (Europe/Berlin)'),
        (None, 'America/New_York', '6 November 2026, 02:06 (America/New_York)'),
        ('de', 'Europe/Berlin', '6. November 2026, 08:06 (Europe/Berlin)'),
        ('pt-BR', 'America/Sao_Paulo', '6 de novembro de 2026, 04:06 (America/Sao_Paulo)'),
        ('fr', None, '6 novembre 2026, 07:06 (UTC)'),
        ('zh-Hans', 'Asia/Shanghai', '2026年11月6日, 15:06 (Asia/Shanghai)'),
        ('xx-nonsense', 'Europe/Berlin', '6 November 2026, 08:06 (Europe/Berlin)'),
        ('de', '../../etc/passwd', '6. November 2026, 07:06 (UTC)'),
        (None, 'Mars/Olympus', '6 November 2026, 07:06 UTC'),
    ],
)
def test_a_moment_is_told_as_its_reader_wants_it(language: str | None, zone: str | None, words: str) -> None:
    assert moments.in_words(MOMENT, language=language, zone=zone) == words


def test_every_language_that_is_offered_writes_dates_and_every_zone_is_one() -> None:
    for tag in dates.languages():
        assert str(Locale.parse(tag, sep='-')) == tag.replace('-', '_') and len(tag) <= 16
        assert moments.in_words(MOMENT, language=tag, zone='Europe/Berlin').endswith(' (Europe/Berlin)')
    zones = dates.time_zones()
    assert {'UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/Argentina/Buenos_Aires'} <= zones.keys()
    assert all(moments.is_zone(zone) and len(zone) <= 64 for zone in zones)
    assert 'germany' in dates.countries_of_zones()['Europe/Berlin']


@pytest.mark.parametrize('value', ['xx', 'de_DE', 'DE', ' de', 'de\0', '\ud800', 7, ['de'], 'e' * 10_000, '<b>'])
def test_what_is_no_language_is_refused(world: World, value: object) -> None:
    with pytest.raises(Invalid) as error:
        choose_dates(world.owner, value, None, expected=NOTHING)
    assert error.value.fields == {'language': dates.NO_LANGUAGE}
    assert profile(world.owner).language is None


@pytest.mark.parametrize('value', ['Mars/Olympus', '../passwd', '/etc/passwd', 'europe/berlin', 7, {}, 'x' * 10_000])
def test_what_is_no_time_zone_is_refused(world: World, value: object) -> None:
    with pytest.raises(Invalid) as error:
        choose_dates(world.owner, None, value, expected=NOTHING)
    assert error.value.fields == {'time_zone': dates.NO_ZONE}


def test_a_choice_is_kept_told_and_taken_back(world: World, db: Engine, published: list[Change]) -> None:
    assert choose_dates(world.owner, 'de', 'Asia/Kathmandu', expected=NOTHING) == ('de', 'Asia/Kathmandu')
    assert profile(world.owner) == Profile('olga@acme.test', None, 'de', 'Asia/Kathmandu')
    member = organizations.membership(world.owner)
    assert (member.language, member.time_zone) == ('de', 'Asia/Kathmandu')
    assert {change.topic for change in published} == {ACCOUNT, 'member'}
    assert all(change.users == {world.owner.user_id} for change in published)
    assert rows(db, 'SELECT count(*) FROM users WHERE language IS NOT NULL OR time_zone IS NOT NULL') == [(1,)]
    refused(Stale, lambda: choose_dates(world.owner, 'fr', None, expected=NOTHING))
    assert choose_dates(world.owner, '', None, expected=('de', 'Asia/Kathmandu')) == NOTHING
    published.clear()
    assert choose_dates(world.owner, None, None, expected=('de', 'Asia/Kathmandu')) == NOTHING
    assert published == []


def test_nobody_chooses_for_anybody_while_signed_out(world: World, db: Engine) -> None:
    run(db, 'DELETE FROM sessions WHERE id = :id', id=world.owner.session_id)
    refused(SignedOut, lambda: choose_dates(world.owner, 'de', None, expected=NOTHING))
    refused(SignedOut, lambda: profile(world.owner))


def test_a_mail_says_a_time_as_whoever_gets_it_has_chosen(world: World, server: MailServer) -> None:
    now = MOMENT - timedelta(days=7)
    clock.source = lambda: now
    invitations.invite(world.owner, f'{NINA}, somebody@new.test', Role.MEMBER)
    clock.source = clock._system
    choose_dates(world.newcomers[0], 'de', 'Europe/Berlin', expected=NOTHING)
    clock.source = lambda: now
    box = Box()
    delivered(server, box)
    [nina], [somebody] = box.mails_to(NINA), box.mails_to('somebody@new.test')
    assert 'good until 6. November 2026, 08:06 (Europe/Berlin), and' in ' '.join(
        nina.get_body(('plain',)).get_content().split()
    )
    assert 'good until 6 November 2026, 07:06 UTC, and' in ' '.join(somebody.get_body(('plain',)).get_content().split())


def test_a_mail_with_a_link_says_until_when_as_its_reader_has_chosen(world: World) -> None:
    choose_dates(world.owner, 'de', 'Europe/Berlin', expected=NOTHING)
    with post_office() as office:
        recovery.ask('olga@acme.test', NETWORK)
        assert re.search(r'\d+\. \w+ \d{4}, \d\d:\d\d \(Europe/Berlin\)', office.text('olga@acme.test'))


def test_a_file_has_the_time_zone_that_was_chosen(world: World) -> None:
    habits = exports.habits('de-DE', 'Asia/Kathmandu')
    content = audit.export(world.owner, 'csv', habits).content.decode('utf-8-sig')
    row = next(csv.DictReader(io.StringIO(content), delimiter=';'))
    assert 'date and time (Asia/Kathmandu)' in row
