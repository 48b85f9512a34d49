"""The screen of conversations: live for whoever looks, one has it and the others read who, nothing typed is lost."""

from data.models import Role, Status
from data.services import conversations, members, organizations, projects, replies
from tests.support.conversing import ANSWERING, RESOLVED, Guest, crowd, history, serving_project
from tests.support.inbox_screen import Heard, InboxOnScreen, Visit
from tests.support.visitors import Visitor, until
from tests.support.world import World, email_of


def path_of(world: World, project_id: str, conversation_id: str = '') -> str:
    """Where the conversations of a project are, or one of them."""
    path = f'/organizations/{world.organization_id}/projects/{project_id}/conversations'
    return f'{path}/{conversation_id}' if conversation_id else path


async def at_inbox(visit: Visit, world: World, role: Role, path: str) -> InboxOnScreen:
    """The screen, opened by whoever has this role."""
    visitor: Visitor = await visit(email_of(world.of(role)))
    await visitor.open(path)
    await visitor.sees('Conversations')
    return InboxOnScreen(visitor)


async def test_a_conversation_from_the_first_message_to_the_last(visit: Visit, world: World) -> None:
    project_id, serving = serving_project(world.owner)
    olga = await at_inbox(visit, world, Role.OWNER, path_of(world, project_id))
    mia = await at_inbox(visit, world, Role.MEMBER, path_of(world, project_id))
    vera = await at_inbox(visit, world, Role.VIEWER, path_of(world, project_id))
    assert (mia.names, mia['nothing'].partition('.')[0]) == ([], 'Nobody has written yet')
    guest = Guest(serving)
    guest.say('Where is my parcel?')
    for inbox in (olga, mia, vera):
        await until(lambda inbox=inbox: len(inbox.names) == 1)
        assert inbox['rows'][0]['text'] == 'Where is my parcel?'
        assert inbox.counts == {'needs': 0, 'agent': 1, 'mine': 0}
        assert inbox['rows'][0]['word'] == 'The agent answers'
    guest.ask_person()
    await until(lambda: mia.counts['needs'] == 1)
    for inbox in (olga, mia, vera):
        await inbox.open(guest.at)
    assert mia.standing == 'Waits for a person'
    assert (mia.acts, vera.acts, vera['may']) == (['take', 'give_back', 'resolve'], [], False)
    assert vera['why'] == 'Only Owners, Admins and Members can answer visitors. You are a Viewer.'
    mia.act('take')
    for inbox in (olga, vera, mia):
        await until(lambda inbox=inbox: inbox.standing.startswith('Answered by '))
    assert 'mia@acme.test' in olga['head']['note']
    assert mia['head']['note'] == ''
    olga.act('take')  # as a browser does that does not know yet
    await olga.visitor.is_told('took this')
    mia.say('It is on its way.')
    await until(lambda: 'It is on its way.' in olga.texts)
    assert guest.reads[-1] == 'It is on its way.'
    mia.say('He is a friend', key='note', note=True)
    await until(lambda: 'He is a friend' in olga.texts)
    assert 'He is a friend' not in guest.reads
    guest.say('Thank you')
    await until(lambda: mia.texts[-1] == 'Thank you')
    mia.act('give_back')
    await until(lambda: olga.standing == 'The agent answers')
    mia.act('resolve')
    await until(lambda: olga.acts == ['reopen'])
    mia.ask('view', 'resolved')
    await until(lambda: mia['view'] == 'resolved' and len(mia.names) == 1)
    guest.say('One more thing')
    await until(lambda: not mia.names and mia.texts[-1] == 'One more thing')
    assert mia.standing == 'The agent answers'


async def test_what_could_not_be_sent_goes_back_with_its_reason(visit: Visit, world: World) -> None:
    project_id, serving = serving_project(world.owner)
    guest = Guest(serving)
    guest.say('Hello')
    mia = await at_inbox(visit, world, Role.MEMBER, path_of(world, project_id, guest.at))
    heard = Heard(mia)
    conversations.take(world.owner, guest.at)
    assert mia['head']['hint'] == 'Write to the visitor: then it is yours, and the agent rests'
    await until(lambda: mia['head']['note'])
    assert mia['head']['hint'] == 'Assign it to yourself first'
    mia.say('I come', key='1')
    await until(lambda: heard.of('refused'))
    [[key, sentence]] = heard.of('refused')
    assert key == '1'
    assert 'took this' in sentence
    mia.say('x' * 2001, key='2', note=True)
    await until(lambda: len(heard.of('refused')) == 2)
    assert heard.of('refused')[1] == ['2', 'The message is too long. Use at most 2000 characters.']
    for _ in range(2):  # sent again, for no answer came
        mia.say('A note', key='3', note=True)
    await until(lambda: heard.of('said') == [['3'], ['3']])
    assert mia.texts.count('A note') == 1
    members.change_role(world.owner, world.member.user_id, Role.VIEWER, expected=Role.MEMBER)
    await until(lambda: not mia['may'])
    mia.say('Still here', key='4')
    await until(lambda: len(heard.of('refused')) == 3)
    assert 'You are a Viewer' in heard.of('refused')[2][1]


async def test_views_search_and_tags_narrow_the_list_down(visit: Visit, world: World) -> None:
    project_id, serving = serving_project(world.owner)
    guest = Guest(serving)
    guest.say('My zither is broken')
    guest.ask_person()
    crowd(serving, 120)
    crowd(serving, 3, ANSWERING)
    crowd(serving, 2, RESOLVED)
    mia = await at_inbox(visit, world, Role.MEMBER, path_of(world, project_id))
    assert (mia['view'], len(mia.names), mia['total'], mia['more']) == ('needs', 50, 121, True)
    assert mia.names[0] == 'Visitor 0000', 'who waits longest comes first'
    mia.ask('more')
    await until(lambda: len(mia.names) == 121)
    assert not mia['more']
    mia.ask('search', 'zither')
    await until(lambda: len(mia.names) == 1)
    mia.ask('search', 'nothing like that')
    await until(lambda: mia.names == [] and mia['nothing'] == 'No conversation matches this.')
    mia.ask('search', '')
    await until(lambda: len(mia.names) == 50)
    await mia.open(guest.at)
    mia.ask('tag_it', {'id': guest.at, 'tag': ' Broken  Things '})
    await until(lambda: mia['tags'] == ('broken things',))
    assert tuple(mia['person']['tags']) == ('broken things',)
    mia.ask('tag', 'broken things')
    await until(lambda: len(mia.names) == 1)
    assert mia['rows'][0]['tags'] == 'broken things'
    mia.ask('untag', {'id': guest.at, 'tag': 'broken things'})
    await until(lambda: mia.names == [] and mia['tags'] == ())
    mia.ask('tag', '')
    for view, count in (('all', 50), ('agent', 3), ('resolved', 2), ('mine', 0), ('needs', 50)):
        mia.ask('view', view)
        await until(lambda view=view, count=count: mia['view'] == view and len(mia.names) == count)
    mia.ask('assign', {'id': guest.at, 'user': world.owner.user_id})
    await until(lambda: mia['person']['assignee'] == world.owner.user_id)
    mia.ask('assign', {'id': guest.at, 'user': world.viewer.user_id})
    await mia.visitor.is_told('Choose somebody who may answer visitors here.')
    mia.ask('assign', {'id': guest.at, 'user': ''})
    await until(lambda: mia['person']['assignee'] == '' and mia.standing == 'Waits for a person')


async def test_a_long_conversation_comes_in_portions_and_keeps_what_was_opened(visit: Visit, world: World) -> None:
    project_id, serving = serving_project(world.owner)
    guest = Guest(serving)
    guest.say('Hello')
    history(serving, guest.at, 1_000)
    mia = await at_inbox(visit, world, Role.MEMBER, path_of(world, project_id, guest.at))
    assert (len(mia.texts), mia.texts[-1], mia['earlier']) == (50, 'Message 1001', True)
    mia.ask('earlier', guest.at)
    await until(lambda: len(mia.texts) == 100)
    assert (mia.texts[0], mia['lines'][0]['seq']) == ('Message 902', 902)
    guest.say('Are you there?')
    await until(lambda: mia.texts[-1] == 'Are you there?')
    assert [line['seq'] for line in mia['lines']] == list(range(902, 1003)), 'nothing twice, and nothing is missing'


async def test_what_is_read_and_typed_is_seen(visit: Visit, world: World) -> None:
    project_id, serving = serving_project(world.owner)
    guest = Guest(serving)
    guest.say('Hello')
    mia = await at_inbox(visit, world, Role.MEMBER, path_of(world, project_id, guest.at))
    olga = await at_inbox(visit, world, Role.OWNER, path_of(world, project_id, guest.at))
    vera = await at_inbox(visit, world, Role.VIEWER, path_of(world, project_id))
    assert vera['rows'][0]['fresh']
    mia.ask('read', {'id': guest.at, 'seq': 1})
    await until(lambda: not vera['rows'][0]['fresh'])
    heard = {name: Heard(it) for name, it in (('mia', mia), ('olga', olga), ('vera', vera))}
    guest.type()
    await until(lambda: heard['mia'].of('hears') == heard['olga'].of('hears') == [['The visitor']])
    mia.ask('typing', guest.at)
    await until(lambda: len(heard['olga'].of('hears')) == 2)
    assert (len(heard['mia'].of('hears')), heard['vera'].calls) == (1, []), (
        'who types knows it, who looks elsewhere need not'
    )


async def test_canned_replies_are_found_by_what_is_typed(visit: Visit, world: World) -> None:
    project_id, _ = serving_project(world.owner)
    other = projects.create(world.owner, {'name': 'Other', 'description': ''})
    replies.add(world.owner, project_id, {'title': 'Lost parcel', 'text': 'I am sorry.'})
    replies.add(world.owner, project_id, {'title': 'Returns', 'text': 'Within 30 days.'})
    replies.add(world.owner, other.id, {'title': 'Secret', 'text': 'Of another project'})
    mia = await at_inbox(visit, world, Role.MEMBER, path_of(world, project_id))
    heard = Heard(mia)
    for typed in ('', 'PARCEL', '30', 'secret'):
        mia.ask('replies', typed)
    await until(lambda: len(heard.of('offered')) == 4)
    offered = {typed: [it['title'] for it in found] for typed, found in heard.of('offered')}
    assert offered == {'': ['Lost parcel', 'Returns'], 'PARCEL': ['Lost parcel'], '30': ['Returns'], 'secret': []}


async def test_what_is_deleted_is_gone_from_every_screen(visit: Visit, world: World) -> None:
    project_id, serving = serving_project(world.owner)
    guest = Guest(serving)
    guest.say('Hello')
    olga = await at_inbox(visit, world, Role.OWNER, path_of(world, project_id, guest.at))
    mia = await at_inbox(visit, world, Role.MEMBER, path_of(world, project_id, guest.at))
    assert (olga['person']['canDelete'], mia['person']['canDelete']) == (True, False)
    olga.act('delete')
    await olga.visitor.sees('Delete this conversation?')
    olga.visitor.press('Delete conversation')
    for inbox in (olga, mia):
        await until(lambda inbox=inbox: inbox['head'] is None and inbox.names == [])
        assert (inbox['lines'], inbox['person']) == ((), None)
    vera = await visit(email_of(world.viewer))
    await vera.open(path_of(world, project_id, guest.at))
    await vera.sees('There is nothing here', 'This conversation is no longer here.', 'Go to Conversations')


async def test_what_happens_around_a_conversation_is_said_in_it(visit: Visit, world: World) -> None:
    project_id, serving = serving_project(world.owner)
    guest = Guest(serving)
    guest.say('Hello')
    olga = await at_inbox(visit, world, Role.OWNER, path_of(world, project_id, guest.at))
    adam = await at_inbox(visit, world, Role.ADMIN, path_of(world, project_id, guest.at))
    heard = Heard(adam)
    conversations.take(world.member, guest.at)
    await until(lambda: 'mia@acme.test' in adam.standing and adam.counts['needs'] == 0)
    members.remove(world.owner, world.member.user_id)
    await until(lambda: adam.standing == 'Waits for a person' and adam.counts['needs'] == 1)
    assert 'take' in adam.acts, 'who had it has left: anybody may have it'
    projects.archive(world.owner, project_id)
    adam.say('Hello', key='1')
    await until(lambda: heard.of('refused'))
    assert heard.of('refused')[0][1] == 'This project is archived. Take it out of the archive first.'
    projects.reopen(world.owner, project_id)
    organizations.change_status(world.organization_id, Status.SUSPENDED, 'For a test')
    for inbox in (olga, adam):
        await until(lambda inbox=inbox: not inbox['may'])
        assert inbox['why'] == 'This organization is suspended. Nobody can answer visitors now.'
        assert (inbox.acts, inbox.texts[0]) == ([], 'Hello')
    organizations.change_status(world.organization_id, Status.ACTIVE, 'For a test')
    await until(lambda: adam['may'] and adam.acts)


STRANGE = [
    *(
        None,
        7,
        True,
        'x',
        [],
        {},
        ['say'],
        ['say', None],
        ['say', {}],
        ['nothing', None],
        ['choose', 7],
        ['choose', None],
    ),
    *(
        ['view', 'x'],
        ['view', None],
        ['search', 'x' * 201],
        ['search', 7],
        ['more', 7],
        ['act', {'id': 'x', 'name': 7}],
    ),
    ['say', {'id': 'x', 'key': 'k', 'text': 't', 'note': 1}],
    ['say', {'id': 'x', 'key': 'k', 'text': 't', 'note': False, 'more': 1}],
    *(['act', {'id': 'x', 'name': it}] for it in ('', 'drop', '__class__', 'delete ')),
    ['read', {'id': 'x', 'seq': True}],
]


async def test_what_no_browser_says_changes_nothing(visit: Visit, world: World) -> None:
    project_id, serving = serving_project(world.owner)
    guest = Guest(serving)
    guest.say('Hello')
    _, elsewhere = serving_project(world.stranger)
    foreign = Guest(elsewhere)
    foreign.say('Secret')
    mia = await at_inbox(visit, world, Role.MEMBER, path_of(world, project_id, guest.at))
    before = dict(mia.element.props)
    for strange in STRANGE:
        mia.visitor._fire(mia.element, 'ask', strange)
    assert dict(mia.element.props) == before
    for stranger in (foreign.at, 'x', '\0', 'a' * 5000):
        mia.ask('choose', stranger)
        await until(lambda stranger=stranger: mia['chosen'] == stranger)
        assert (mia['head'], mia['lines'], mia['person']) == (None, (), None)
        for name in ('take', 'give_back', 'resolve', 'reopen'):
            mia.act(name)
        mia.say('I am here', key='k')
    await mia.visitor.is_told('This conversation is no longer here.')
    assert foreign.reads == ['Secret']
    assert 'Secret' not in mia.visitor.shown


async def test_a_conversation_of_another_project_or_organization_is_as_unknown_as_none(
    visit: Visit, world: World
) -> None:
    project_id, _ = serving_project(world.owner)
    _, other = serving_project(world.owner, 'Other')
    _, foreign = serving_project(world.stranger)
    guests = [Guest(other), Guest(foreign)]
    for guest in guests:
        guest.say('Secret words')
    mia: Visitor = await visit(email_of(world.member))
    for strange in (*(guest.at for guest in guests), 'x', 'abcdefghijklmnop', '%00'):
        await mia.open(path_of(world, project_id, strange))
        await mia.sees('There is nothing here', 'This conversation is no longer here.', 'Go to Conversations')
        assert 'Secret' not in (await mia.get(path_of(world, project_id, strange))).text


async def test_who_is_removed_while_they_read_is_led_away(visit: Visit, world: World) -> None:
    project_id, serving = serving_project(world.owner)
    guest = Guest(serving)
    guest.say('Private')
    mia = await at_inbox(visit, world, Role.MEMBER, path_of(world, project_id, guest.at))
    assert mia.texts == ['Private']
    members.remove(world.owner, world.member.user_id)
    await until(lambda: world.organization_id not in mia.visitor.path)
