"""Conversations: found, read, taken over, assigned, given back, resolved and reopened by those who may."""

from datetime import timedelta

from sqlalchemy import Engine
from test_organizations import BAD_IDS

from data import clock
from data.changes import Change
from data.jobs import conversation_retention, waiting_visitors
from data.models import ConversationState, MessageRole, Role
from data.problems import Forbidden, Invalid, NotFound, Stale
from data.services import audit, conversations, leads, members, projects, replies, visitors
from data.services.audit import Topic, words
from data.services.conversations import TakenBy, View, waiting
from data.services.projects import OtherStatus
from data.services.visitors import Arrival
from tests.support.mailing import delivered, mail_set_up, states
from tests.support.post_office import Box
from tests.support.probes import refused, rows, run, value
from tests.support.talking import ANSWER, OFF_TOPIC, QUESTION, agent_of, ask, key, texts_of
from tests.support.world import World, inside, introduce

ANSWERING, WAITING, HUMAN, RESOLVED = ConversationState


def recorded(world: World, number: int) -> list[str]:
    """What the newest events say, the newest first."""
    return [words.happened(entry) for entry in audit.portion(world.owner).rows[:number]]


def test_a_conversation_goes_from_hand_to_hand_and_the_agent_never_writes_over_a_person(
    world: World, published: list[Change]
) -> None:
    agent = agent_of(world.member)
    introduce(world.member, 'Mia Berg')
    said = ask(agent)
    at, token = said.conversation_id, said.token
    published.clear()
    assert conversations.take(world.member, at).state is HUMAN
    told = [change for change in published if change.topic == Topic.CONVERSATION]
    assert [(change.subject, change.by) for change in told] == [(at, 'mia@acme.test')]
    problem = refused(TakenBy, conversations.take, world.admin, at)
    assert str(problem) == 'Mia Berg (mia@acme.test) took this just now.'
    refused(TakenBy, conversations.say, world.admin, at, 'Me too', key())
    assert ask(agent, token=token).turn is None
    conversations.say(world.member, at, 'Nine days, I have looked.', key())
    conversations.give_back(world.member, at)
    assert ask(agent, token=token).turn is not None
    conversations.resolve(world.admin, at)
    conversations.resolve(world.member, at)
    assert texts_of(agent, token) == [
        QUESTION,
        texts_of(agent, token)[1],
        'Mia Berg joined.',
        QUESTION,
        'Nine days, I have looked.',
        'The agent answers again.',
        QUESTION,
        texts_of(agent, token)[7],
        'This was marked as resolved. Write again whenever you like.',
    ]
    assert recorded(world, 4) == [
        'adam@acme.test resolved a conversation in Shop',
        'Mia Berg (mia@acme.test) gave a conversation in Shop back to the agent',
        'Mia Berg (mia@acme.test) took over a conversation in Shop',
        words.happened(audit.portion(world.owner).rows[3]),
    ]
    assert ask(agent, token=token).turn is not None, 'a message opens it again, for the agent'
    conversations.resolve(world.member, at)
    assert conversations.reopen(world.member, at).assignee == world.member.user_id
    assert recorded(world, 1) == ['Mia Berg (mia@acme.test) reopened a conversation in Shop']


def test_whoever_answers_has_it_and_what_was_resolved_is_open_again(world: World) -> None:
    agent = agent_of(world.member)
    said = ask(agent, answered=False)
    first = conversations.say(world.member, said.conversation_id, 'I do it.', 'same')
    assert conversations.say(world.member, said.conversation_id, 'I do it.', 'same').seq == first.seq
    refused(Invalid, conversations.note, world.member, said.conversation_id, 'x', 'same')
    shown = conversations.get(world.member, agent.project_id, said.conversation_id)
    assert (shown.row.state, shown.row.assignee_id) == (HUMAN, world.member.user_id)
    assert [(line.role, line.author) for line in shown.lines[1:]] == [
        (MessageRole.EVENT, 'mia@acme.test'),
        (MessageRole.MEMBER, 'mia@acme.test'),
    ]
    assert shown.lines[1].text == 'mia@acme.test took over'
    conversations.resolve(world.member, said.conversation_id)
    conversations.say(world.admin, said.conversation_id, 'One more thing.', key())
    assert conversations.get(world.member, agent.project_id, said.conversation_id).row.assignee == 'adam@acme.test'


def test_it_is_assigned_to_who_may_answer_or_to_nobody(world: World) -> None:
    agent = agent_of(world.member)
    at = ask(agent).conversation_id
    conversations.assign(world.member, at, world.admin.user_id)
    assert recorded(world, 1) == ['mia@acme.test assigned a conversation in Shop to adam@acme.test']
    assert conversations.assign(world.member, at, world.member.user_id).assignee == world.member.user_id
    assert conversations.assign(world.member, at, None).state is WAITING
    conversations.take(world.member, at)
    conversations.resolve(world.member, at)
    resolved = conversations.assign(world.admin, at, None)
    assert (resolved.state, resolved.assignee, resolved.waiting_since) == (ConversationState.RESOLVED, None, None)
    for nobody in (world.viewer.user_id, world.stranger.user_id, 'x', '', '\0', 7, []):
        assert 'user_id' in refused(Invalid, conversations.assign, world.member, at, nobody).fields


def test_whoever_had_it_and_may_answer_no_longer_lets_it_wait_for_others(world: World, db: Engine) -> None:
    agent = agent_of(world.member)
    for leaves in (
        lambda: members.change_role(world.owner, world.member.user_id, Role.VIEWER, expected=Role.MEMBER),
        lambda: members.remove(world.owner, world.admin.user_id),
    ):
        said = ask(agent)
        at = said.conversation_id
        who = world.member if value(db, 'SELECT count(*) FROM conversations') == 1 else world.admin
        conversations.take(who, at)
        assert at not in [row.id for row in conversations.portion(world.owner, agent.project_id, 'needs').rows]
        leaves()
        assert at in [row.id for row in conversations.portion(world.owner, agent.project_id, 'needs').rows]
        ask(agent, token=said.token)
        row = conversations.get(world.owner, agent.project_id, at).row
        assert (row.state, row.waiting_since is None) == (WAITING, False), 'their message waits for anybody'
        assert conversations.take(world.owner, at).assignee == world.owner.user_id
    assert conversations.figures(world.viewer, agent.project_id).waiting == 0
    shown = conversations.get(world.owner, agent.project_id, at).lines
    assert 'Somebody of the team took over' in [line.text for line in shown], 'the address of who has left is not shown'


def test_who_may_do_what(world: World) -> None:
    agent = agent_of(world.member)
    at = ask(agent).conversation_id
    acts = [
        lambda who: conversations.take(who, at),
        lambda who: conversations.assign(who, at, who.user_id),
        lambda who: conversations.give_back(who, at),
        lambda who: conversations.resolve(who, at),
        lambda who: conversations.say(who, at, 'x', key()),
        lambda who: conversations.note(who, at, 'x', key()),
        lambda who: conversations.tag(who, at, 'x'),
        lambda who: conversations.untag(who, at, 'x'),
        lambda who: conversations.typing(who, at),
    ]
    for act in acts:
        refused(Forbidden, act, world.viewer)
        refused(NotFound, act, inside(world.stranger, world.organization_id))
        refused(NotFound, act, world.stranger)
    refused(Forbidden, conversations.delete, world.member, at)
    conversations.read(world.viewer, at, 99)
    assert conversations.portion(world.viewer, agent.project_id).rows[0].is_unread, 'a Viewer has answered nobody'
    conversations.read(world.member, at, 99)
    assert not conversations.portion(world.viewer, agent.project_id).rows[0].is_unread
    for bad in BAD_IDS:
        refused(NotFound, conversations.take, world.member, bad)
        refused(NotFound, conversations.get, world.member, agent.project_id, bad)
        refused(NotFound, conversations.portion, world.member, bad)
    other = agent_of(world.member)
    refused(NotFound, conversations.get, world.member, other.project_id, at)


def test_what_is_archived_is_read_and_not_answered(world: World) -> None:
    agent = agent_of(world.member)
    at = ask(agent).conversation_id
    projects.archive(world.member, agent.project_id)
    for act in (conversations.take, conversations.give_back, conversations.resolve):
        refused(OtherStatus, act, world.member, at)
    assert conversations.get(world.member, agent.project_id, at).lines
    conversations.delete(world.admin, at)
    assert recorded(world, 1) == ['adam@acme.test deleted a conversation in Shop']


# found ---------------------------------------------------------------------------------------------------------------


def test_views_search_and_tags_find_what_is_meant(world: World) -> None:
    agent = agent_of(world.member)
    answered, mine, waits, done = (ask(agent, f'{QUESTION} {number}') for number in ('one', 'two', 'three', 'four'))
    conversations.take(world.member, mine.conversation_id)
    visitors.ask_person(agent, Arrival(token=waits.token), is_here=True)
    conversations.resolve(world.member, done.conversation_id)
    conversations.note(world.member, done.conversation_id, 'Crème brûlée for the office', key())
    assert conversations.tag(world.member, done.conversation_id, ' Refund ') == 'refund'
    conversations.tag(world.admin, done.conversation_id, 'REFUND')
    visitors.leave_address(agent, answered.token, 'Vic@Home.test', 'Vic Öst', True)

    def found(view: object = View.ALL, search: str = '', tag: str = '') -> list[str]:
        return [row.id for row in conversations.portion(world.member, agent.project_id, view, search, tag).rows]

    expected = {'agent': answered, 'mine': mine, 'needs': waits, 'resolved': done}
    for view, said in expected.items():
        assert found(view) == [said.conversation_id]
    everything = conversations.portion(world.member, agent.project_id, limit=3)
    assert (everything.total, everything.more, len(everything.rows)) == (4, True, 3)
    assert everything.counts == {View.NEEDS: 1, View.AGENT: 1, View.MINE: 1, View.RESOLVED: 1, View.ALL: 4}
    assert everything.tags == ['refund']
    assert found(search='three DELIVERY') == [waits.conversation_id]
    assert found(search='creme brulee') == [done.conversation_id]
    for search in ('vic@home', 'vic', 'öst', 'OST Vic'):
        assert found(search=search) == [answered.conversation_id], search
    assert found(tag='Refund') == [done.conversation_id]
    assert found('agent', tag='refund') == found(search='%') == found(search='nowhere') == []
    conversations.untag(world.member, done.conversation_id, 'Refund')
    assert found(tag='refund') == []
    for bad in ('', 'mine ', None, 0, []):
        refused(Invalid, conversations.portion, world.member, agent.project_id, bad)
    for bad in ('', ' ', 'x' * 41, None, 7):
        refused(Invalid, conversations.tag, world.member, done.conversation_id, bad)
    for number in range(20):
        conversations.tag(world.member, mine.conversation_id, f'tag {number}')
    refused(Invalid, conversations.tag, world.member, mine.conversation_id, 'one more')


def test_who_waits_longest_comes_first_and_long_conversations_come_in_portions(world: World) -> None:
    agent, now = agent_of(world.member), clock.now()
    asked = []
    for minutes in (4, 3, 2, 1):
        clock.source = lambda minutes=minutes: now - timedelta(minutes=minutes)
        asked.append(visitors.ask_person(agent, Arrival(), is_here=True))
        if minutes == 2:
            conversations.take(world.admin, asked[-1].conversation_id)
    clock.source = clock._system
    members.remove(world.owner, world.admin.user_id)  # then whom they had waits as well
    visitors.say(agent, Arrival(token=asked[1].token), 'Is anybody there?', key())
    assert [row.id for row in conversations.portion(world.member, agent.project_id, 'needs').rows] == [
        it.conversation_id for it in asked
    ]
    at = asked[1].conversation_id
    for number in range(5):
        conversations.say(world.member, at, f'Message {number}', key())
    last = conversations.get(world.member, agent.project_id, at, limit=3)
    assert [line.text for line in last.lines] == ['Message 2', 'Message 3', 'Message 4']
    older = conversations.get(world.member, agent.project_id, at, before=last.before, limit=3)
    assert [line.seq for line in older.lines] == [3, 4, 5]
    first = conversations.get(world.member, agent.project_id, at, before=older.before)
    assert (first.before, len(first.lines)) == (None, 2)
    assert {person.called for person in first.people} == {'olga@acme.test', 'mia@acme.test'}


def test_figures_of_a_project_are_what_its_overview_says(world: World) -> None:
    agent = agent_of(world.member)
    said = ask(agent)
    ask(agent, OFF_TOPIC)
    visitors.ask_person(agent, Arrival(), is_here=True)
    visitors.leave_address(agent, said.token, 'vic@home.test', '', True)
    figures = conversations.figures(world.viewer, agent.project_id)
    assert (figures.conversations, figures.lately, figures.answered, figures.waiting) == (3, 3, 1, 1)
    assert (figures.unanswered, figures.ready, figures.sources, figures.leads) == (1, 1, 1, 1)


# who waits, and what goes --------------------------------------------------------------------------------------------


def test_those_who_may_answer_are_mailed_once_where_nobody_is_here(world: World, db: Engine) -> None:
    agent = agent_of(world.member)
    with mail_set_up() as server:
        visitors.ask_person(agent, Arrival(), is_here=False)
        visitors.ask_person(agent, Arrival(), is_here=False)
        waiting_visitors.tell()
        assert list(states(db)) == ['adam@acme.test', 'mia@acme.test', 'olga@acme.test']
        assert value(db, 'SELECT count(*) FROM mails') == 3, 'the second one a moment later waits its ten minutes'
        box = Box()
        assert sorted(delivered(server, box)) == ['adam@acme.test', 'mia@acme.test', 'olga@acme.test']
        letter = box.mails_to('mia@acme.test')[0]
        assert letter['Subject'] == 'Somebody waits for a person in Shop'
        text = letter.get_body(('plain',)).get_content()
        assert '2 visitors wait for a person in the project Shop of Acme' in ' '.join(text.split())
        assert f'/organizations/{world.organization_id}/projects/{agent.project_id}/conversations' in text


def test_while_somebody_is_here_nobody_is_mailed_for_ten_minutes_and_not_once_it_is_over(
    world: World, db: Engine
) -> None:
    agent, here = agent_of(world.member), {world.organization_id}
    conversations.look_for_people(here.__contains__)
    try:
        with mail_set_up() as server:
            asked = visitors.ask_person(agent, Arrival(), is_here=conversations.is_anybody_here(agent.organization_id))
            assert 'Somebody will answer here.' in texts_of(agent, asked.token)[0]
            waiting_visitors.tell()
            assert states(db) == {}
            now = clock.now()
            clock.source = lambda: now + waiting.PATIENCE + timedelta(seconds=1)
            waiting_visitors.tell()
            assert len(states(db)) == 3, 'a screen may be open all night'
            conversations.take(world.member, asked.conversation_id)
            run(db, 'UPDATE mails SET not_before = created_at')
            assert delivered(server) == []
            assert set(states(db).values()) == {('failed', 'Nobody waits any more.')}
    finally:
        conversations.look_for_people(lambda _: False)


def test_nobody_is_mailed_of_what_rests(world: World, db: Engine) -> None:
    agent = agent_of(world.member)
    visitors.ask_person(agent, Arrival(), is_here=True)
    with mail_set_up():
        for table, rests, works in (
            ('projects', 'archived_at = created_at', 'archived_at = NULL'),
            ('organizations', "status = 'suspended'", "status = 'active'"),
        ):
            run(db, f'UPDATE {table} SET {rests}')
            waiting_visitors.tell()
            assert states(db) == {}, table
            run(db, f'UPDATE {table} SET {works}')
        waiting_visitors.tell()
        assert len(states(db)) == 3


def test_whoever_is_left_alone_by_the_one_who_has_it_waits_as_well(world: World, db: Engine) -> None:
    agent = agent_of(world.member)
    said = ask(agent)
    conversations.say(world.member, said.conversation_id, 'I look it up.', key())
    ask(agent, token=said.token)
    with mail_set_up() as server:
        waiting_visitors.tell()
        assert states(db) == {}, 'they may be at it'
        now = clock.now()
        clock.source = lambda: now + waiting.PATIENCE + timedelta(seconds=1)
        waiting_visitors.tell()
        waiting_visitors.tell()
        assert value(db, 'SELECT count(*) FROM mails') == 3, 'once'
        run(db, 'UPDATE mails SET not_before = created_at')
        assert len(delivered(server)) == 3
        conversations.say(world.member, said.conversation_id, 'Nine days.', key())
        waiting_visitors.tell()
        assert value(db, 'SELECT count(*) FROM mails') == 3


def test_what_an_agent_keeps_no_longer_goes_by_itself_and_what_was_counted_stays(world: World, db: Engine) -> None:
    agent, keeps = agent_of(world.member), agent_of(world.member)
    theirs = agent_of(world.stranger)
    run(db, 'UPDATE agents SET retention_days = 30')
    run(db, 'UPDATE agents SET retention_days = NULL WHERE id = :id', id=keeps.agent_id)
    old, foreign, kept = ask(agent, OFF_TOPIC), ask(theirs), ask(keeps)
    visitors.leave_address(agent, old.token, 'vic@home.test', '', True)
    now = clock.now()
    clock.source = lambda: now + timedelta(days=30, seconds=-5)
    young = ask(agent)
    conversation_retention.expire()
    assert value(db, 'SELECT count(*) FROM conversations') == 4
    clock.source = lambda: now + timedelta(days=30, minutes=1)
    conversation_retention.expire()
    left = [at for (at,) in rows(db, 'SELECT id FROM conversations')]
    assert sorted(left) == sorted([young.conversation_id, kept.conversation_id])
    assert visitors.look(agent, old.token) is None and visitors.look(theirs, foreign.token) is None
    assert value(db, 'SELECT count(*) FROM visitors') == 2
    assert [value(db, f'SELECT count(*) FROM {name}') for name in ('leads', 'unanswered', 'unanswered_askings')] == [
        0
    ] * 3
    assert value(db, "SELECT sum(quantity) FROM usage_days WHERE metric = 'messages'") == 3


# leads and replies ---------------------------------------------------------------------------------------------------


def test_leads_are_found_and_taken_along_by_those_who_may(world: World) -> None:
    agent = agent_of(world.member, consent='You may, "really", write to me.')
    said = ask(agent)
    visitors.leave_address(agent, said.token, 'vic@home.test', '=cmd()', True)
    visitors.leave_address(agent, ask(agent).token, 'ann@home.test', 'Änne Strauß', True)
    assert [row.email for row in leads.portion(world.viewer, agent.project_id).rows] == [
        'ann@home.test',
        'vic@home.test',
    ]
    assert [row.email for row in leads.portion(world.viewer, agent.project_id, 'VIC').rows] == ['vic@home.test']
    for search in ('änne', 'ANNE', 'strauss ann@'):
        assert [row.email for row in leads.portion(world.viewer, agent.project_id, search).rows] == ['ann@home.test']
    assert leads.portion(world.viewer, agent.project_id, '%').total == 0
    for who in (world.viewer, world.member):
        refused(Forbidden, leads.export, who, agent.project_id)
    file = leads.export(world.admin, agent.project_id)
    text = file.content.decode('utf-8-sig')
    assert (file.leads, file.complete) == (2, True)
    assert '"\'=cmd()"' in text, 'no spreadsheet runs it'
    assert '"You may, ""really"", write to me."' in text
    assert said.conversation_id in text
    assert recorded(world, 1) == ['adam@acme.test exported the leads of Shop']
    refused(NotFound, leads.portion, world.stranger, agent.project_id)


def test_replies_are_kept_by_title(world: World, published: list[Change]) -> None:
    agent = agent_of(world.member)
    hello = replies.add(world.member, agent.project_id, {'title': 'Hello', 'text': 'Hello,\nhow can I help?'})
    assert published[-1].topic in (Topic.AUDIT, Topic.REPLY)
    again = {'title': 'hELLO', 'text': 'x'}
    assert 'title' in refused(Invalid, replies.add, world.admin, agent.project_id, again).fields
    assert refused(Invalid, replies.add, world.admin, agent.project_id, {}).fields.keys() == {'title', 'text'}
    refused(Forbidden, replies.add, world.viewer, agent.project_id, again)
    replies.add(world.admin, agent.project_id, {'title': 'Bye', 'text': 'x' * 2000})
    replies.change(world.admin, hello.id, {'title': 'Welcome', 'text': 'Hi'}, version=1)
    refused(Stale, replies.change, world.member, hello.id, {'title': 'Hello', 'text': 'Hello!'}, version=1)
    assert [reply.title for reply in replies.of_project(world.viewer, agent.project_id)] == ['Bye', 'Welcome']
    refused(NotFound, replies.change, world.stranger, hello.id, {'title': 'x', 'text': 'x'}, version=2)
    replies.remove(world.member, hello.id)
    refused(NotFound, replies.remove, world.member, hello.id)
    assert recorded(world, 3) == [
        'mia@acme.test removed the canned reply Welcome',
        'adam@acme.test changed the canned reply Welcome',
        'adam@acme.test added the canned reply Bye',
    ]


def test_an_answer_is_as_the_agent_said_it_for_the_team_as_well(world: World) -> None:
    agent = agent_of(world.member)
    said = ask(agent)
    shown = conversations.get(world.viewer, agent.project_id, said.conversation_id)
    talk = visitors.look(agent, said.token)
    assert talk is not None
    assert [line.text for line in shown.lines] == [line.text for line in talk.messages]
    assert ANSWER in shown.lines[1].text and shown.lines[1].sources == talk.messages[1].sources
