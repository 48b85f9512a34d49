"""A walk through organizations: their list, overview and activity, and the frame around them."""

import re
from collections.abc import Iterator

from playwright.sync_api import Page, expect

from data.models import Status
from data.services import organizations
from data.services.usage import Metric
from data.services.usage.limits import set_limit
from tests.support.steps import box, card, standing, user_menu
from tests.support.walks.registry import HOME, MUCH, NEW, READER, House, close, drawer, menu, name_refused, walks
from tests.support.walks.usage import STORED


@walks(HOME, NEW)
def first_overview(page: Page, house: House) -> Iterator[str]:
    house.open(page, NEW)
    expect(page.locator('#content > div > [role=status]')).to_be_empty()
    expect(page.get_by_role('region', name='Status of the organization')).to_have_count(0)
    expect(card(page, 'Latest activity').locator('.feed-row').first).to_be_visible()
    expect(card(page, 'First steps').get_by_role('link')).to_have_count(4)
    expect(card(page, 'Projects').get_by_role('link', name='Make your first project')).to_be_visible()
    expect(card(page, 'People').locator('.faces > li')).to_have_attribute('title', f'{NEW}@acme.com')
    yield 'overview'


@walks(HOME, MUCH)
def frame(page: Page, house: House) -> Iterator[str]:
    house.open(page, MUCH)
    drawer(page)
    expect(page.get_by_role('link', name='Overview', exact=True)).to_be_visible()
    yield 'drawer'
    close(page)
    page.get_by_role('button', name=re.compile('^Organization ')).click()
    switcher = box(page, 'Organization')
    expect(page.get_by_role('option', name='Branch 1 Owner', exact=True)).to_be_visible()
    yield 'switcher'
    switcher.fill('zzzz')
    expect(page.get_by_text('Nothing found')).to_be_visible()
    yield 'switcher finds nothing'
    close(page)
    drawer(page)
    user_menu(page)
    yield 'user menu'
    close(page)


@walks(HOME, MUCH)
def limits(page: Page, house: House) -> Iterator[str]:
    house.open(page, MUCH)
    region = page.get_by_role('region', name='Status of the organization')
    expect(region).to_contain_text('Nothing more can be added to the knowledge.')
    expect(card(page, 'Projects').get_by_role('link', name='All projects')).to_be_visible()
    expect(card(page, 'Usage')).to_contain_text('of 2,500 messages')
    yield 'limit reached'
    with standing(house.server, f'{MUCH}@acme.com', house.homes[MUCH]) as actor:
        set_limit(actor.organization_id, Metric.STORAGE, None)
        expect(region).to_contain_text('This organization may have 2,500 messages a month.')
        expect(region.get_by_role('link', name='See the usage')).to_be_visible()
        yield 'limit near'
        set_limit(actor.organization_id, Metric.STORAGE, STORED)
    expect(region).to_contain_text('Limit reached')


@walks(HOME, READER)
def suspended(page: Page, house: House) -> Iterator[str]:
    house.open(page, READER)
    region = page.get_by_role('region', name='Status of the organization')
    status = page.locator('#content > div > [role=status]')
    expect(status).to_contain_text('Ask an Owner about it: much@acme.com')
    yield 'limit reached for a viewer'
    with standing(house.server, f'{MUCH}@acme.com', house.homes[MUCH]) as actor:
        organizations.change_status(actor.organization_id, Status.SUSPENDED, 'Spam was sent')
        expect(region).to_contain_text('Reason: Spam was sent')
        expect(status).to_contain_text('Ask an Owner about it: much@acme.com')
        yield 'suspended'
        organizations.change_status(actor.organization_id, Status.ACTIVE, '')
    expect(region).to_contain_text('Limit reached')


@walks('/organizations', NEW)
def one_organization(page: Page, house: House) -> Iterator[str]:
    house.visit(page, '/organizations')
    expect(page.locator('.org-card')).to_have_count(1)
    yield 'one organization'
    yield from name_refused(page, 'organization', 'New organization')


@walks('/organizations', MUCH)
def many_organizations(page: Page, house: House) -> Iterator[str]:
    house.visit(page, '/organizations')
    expect(page.locator('.org-card')).to_have_count(30)
    yield 'many organizations'
    page.get_by_label('Search').fill('zzzz')
    expect(page.get_by_text('None of your organizations matches your search.')).to_be_visible()
    yield 'search finds nothing'


@walks('/organizations', READER)
def limited_organization(page: Page, house: House) -> Iterator[str]:
    house.visit(page, '/organizations')
    expect(page.locator('.org-card', has_text='Limit reached')).to_have_count(1)
    yield 'a limit on a card'


@walks(f'{HOME}/activity', NEW)
def first_activity(page: Page, house: House) -> Iterator[str]:
    house.open(page, NEW)
    menu(page, 'Activity')
    expect(page.locator('.event')).to_have_count(1)
    yield 'activity'
    page.get_by_role('searchbox').fill('zzzz')
    expect(page.get_by_text('No events match these filters.')).to_be_visible()
    yield 'no such event'


@walks(f'{HOME}/activity', READER)
def refused_activity(page: Page, house: House) -> Iterator[str]:
    house.open(page, READER)
    menu(page, 'Activity')
    expect(page.get_by_text('Only Owners and Admins can see the activity log.')).to_be_visible()
    yield 'refused screen'
    page.context.set_offline(True)
    page.evaluate('window.socket.io.engine.close()')  # else it is noticed by the ping that does not come
    expect(page.get_by_text('Reconnecting…')).to_be_visible(timeout=20_000)
    yield 'connection lost'
    page.context.set_offline(False)
