"""Visitors: known by their first message, answered from the knowledge, and gone for good when they want to be."""

from datetime import timedelta

from sqlalchemy import Engine
from sqlmodel import col, select

from data import clock, database
from data.changes import Change
from data.database import System
from data.models import ConversationState, Mail
from data.problems import Invalid, NotFound, TooMany
from data.runtime import mail_server
from data.runtime.mail_server import MailServer
from data.security import seal
from data.services import conversations, leads, visitors
from data.services.agents import identity
from data.services.audit import Topic
from data.services.conversations import turns
from data.services.visitors import Arrival, NotServing, Stranger, transcripts
from tests.support.probes import refused, rows, run, value
from tests.support.talking import (
    ANSWER,
    OFF_TOPIC,
    QUESTION,
    agent_of,
    ask,
    key,
    publish,
    signed,
    texts_of,
)
from tests.support.world import World, introduce

HOSTILE = ['', '   ', '\u200b', 'x' * 2001, 'a\0b', '\u202ereversed', None, 7, [], b'bytes', 'e' + '\u0301' * 30]
BAD_TOKENS = [None, '', 'x', '.', 'a' * 5000, 'aaaaaaaaaaaaaaaa.', "' OR 1=1 --", '\0', 7, [], {}, b'x']


def test_a_question_is_answered_with_its_source_and_counted_once(world: World, db: Engine) -> None:
    agent = agent_of(world.member)
    said = visitors.say(agent, Arrival(page='https://shop.test/cart', site='https://shop.test'), QUESTION, 'k1')
    assert said.token is not None
    assert said.turn == 1
    assert turns.answer(agent.organization_id, said.conversation_id, 1)
    assert not turns.answer(agent.organization_id, said.conversation_id, 1), 'once'
    talk = visitors.look(agent, said.token)
    assert talk is not None
    question, answer = talk.messages
    assert (question.role, question.text, question.seq) == ('visitor', QUESTION, 1)
    assert (answer.role, answer.outcome, answer.author) == ('agent', 'answered', None)
    assert ANSWER in answer.text
    [source] = answer.sources
    assert (source['name'], source['page'], source['heading']) == ('handbook.pdf', 3, 'Delivery')
    assert 'gone' not in source
    assert (talk.state, talk.is_owed, talk.member) == (ConversationState.ANSWERING, False, None)
    counted = rows(db, "SELECT key, quantity FROM usage_events WHERE metric = 'messages'")
    assert counted == [(f'answer:{said.conversation_id}:1', 1)]


def test_what_the_knowledge_has_nothing_about_is_said_and_costs_nothing(world: World, db: Engine) -> None:
    agent = agent_of(world.member, unknown='No idea.')
    said = ask(agent, OFF_TOPIC)
    assert texts_of(agent, said.token) == [OFF_TOPIC, 'No idea.']
    assert value(db, "SELECT count(*) FROM usage_events WHERE metric = 'messages'") == 0
    assert rows(db, 'SELECT question, count FROM unanswered') == [(OFF_TOPIC, 1)]


def test_the_same_message_sent_again_is_one(world: World) -> None:
    agent = agent_of(world.member)
    first = visitors.say(agent, Arrival(), QUESTION, 'same')
    again = visitors.say(agent, Arrival(token=first.token), QUESTION, 'same')
    assert (again.token, again.seq, again.turn) == (None, first.seq, first.turn)
    turns.answer(agent.organization_id, first.conversation_id, 1)
    late = visitors.say(agent, Arrival(token=first.token), QUESTION, 'same')
    assert (late.turn, late.seq) == (None, 1), 'it has its answer'
    assert len(texts_of(agent, first.token)) == 2


def test_two_messages_in_a_row_are_answered_together(world: World) -> None:
    agent = agent_of(world.member)
    first = ask(agent, 'Hello there', answered=False)
    second = ask(agent, QUESTION, token=first.token, answered=False)
    assert not turns.answer(agent.organization_id, first.conversation_id, 1)
    assert turns.answer(agent.organization_id, first.conversation_id, second.turn or 0)
    assert len(texts_of(agent, first.token)) == 3


def test_what_is_no_message_leaves_nothing(world: World, db: Engine) -> None:
    agent = agent_of(world.member)
    for text in HOSTILE:
        assert refused(Invalid, visitors.say, agent, Arrival(), text, 'k').fields.keys() == {'text'}
    assert value(db, 'SELECT count(*) FROM visitors') == 0


def test_odd_messages_stay_as_they_are_and_bad_keys_are_refused(world: World) -> None:
    agent = agent_of(world.member)
    token = None
    for text in ['<img src=x onerror=alert(1)>', '🙂', 'the of and', '{who} %s', 'x' * 2000, '怎么退货？']:
        said = ask(agent, text, token=token)
        token = said.token
        assert texts_of(agent, token)[-2] == text
    for bad in ['', 'k' * 37, 'é', '\n', None, 7]:
        assert 'key' in refused(Invalid, visitors.say, agent, Arrival(), 'Hello', bad).fields


RESTS = {
    'paused': ("UPDATE agents SET state = 'paused'", "UPDATE agents SET state = 'live'"),
    'archived': ('UPDATE projects SET archived_at = created_at', 'UPDATE projects SET archived_at = NULL'),
    'deleted': ('UPDATE projects SET deleted_at = created_at', 'UPDATE projects SET deleted_at = NULL'),
    'suspended': ("UPDATE organizations SET status = 'suspended'", "UPDATE organizations SET status = 'active'"),
    'restricted': ("UPDATE organizations SET status = 'restricted'", "UPDATE organizations SET status = 'active'"),
}
"""How an agent comes to rest, and serves again."""


def test_an_agent_that_rests_takes_nothing_even_where_it_served_a_moment_ago(world: World, db: Engine) -> None:
    agent = agent_of(world.member)
    for how, back in RESTS.values():
        said = ask(agent, answered=False)
        run(db, how)
        for token in (said.token, None):
            refused(NotServing, visitors.say, agent, Arrival(token=token), 'Hello', key())
            refused(NotServing, visitors.ask_person, agent, Arrival(token=token), is_here=True)
        refused(NotServing, visitors.leave_address, agent, said.token, 'vic@home.test', '', True)
        assert not turns.answer(agent.organization_id, said.conversation_id, said.turn or 0)
        talk = visitors.look(agent, said.token)
        assert talk is not None and talk.state is ConversationState.WAITING, 'a person is to answer what it owed'
        run(db, back)
    assert value(db, 'SELECT count(*) FROM visitors') == len(RESTS)


# who it is -----------------------------------------------------------------------------------------------------------


def test_what_is_no_token_is_a_stranger(world: World) -> None:
    agent = agent_of(world.member)
    ask(agent)
    for token in BAD_TOKENS:
        assert visitors.look(agent, token) is None
        for act in (visitors.erase, visitors.typing):
            refused(Stranger, act, agent, token)
        refused(Stranger, visitors.read, agent, token, 1)
        refused(Stranger, visitors.vote, agent, token, 2, 1)
        refused(Stranger, visitors.leave_address, agent, token, 'vic@home.test', '', True)


def test_a_token_is_good_at_its_agent_only_and_as_it_was_made(world: World, db: Engine) -> None:
    here, there, elsewhere = agent_of(world.member), agent_of(world.member), agent_of(world.stranger)
    token = ask(here).token or ''
    visitor_id, secret = token.split('.')
    other = ask(here).token or ''
    cut = [token[:-1], token + 'A', f'{visitor_id}.{secret[::-1]}', f'{visitor_id}.{other.split(".")[1]}', visitor_id]
    for agent in (there, elsewhere):
        assert visitors.look(agent, token) is None
        refused(Stranger, visitors.erase, agent, token)
        said = visitors.say(agent, Arrival(token=token), 'Hello', key())
        assert said.token not in (None, token), 'they are somebody new there'
    assert all(visitors.look(here, bad) is None for bad in cut)
    assert len(texts_of(here, token)) == 2
    assert token not in str(rows(db, 'SELECT * FROM visitors')), 'the database can open nothing'


def test_numbers_of_lines_that_are_none_begin_at_the_beginning(world: World) -> None:
    agent = agent_of(world.member)
    said = ask(agent)
    assert len(texts_of(agent, said.token, 1)) == 1
    for after in (-1, 10**18, 'x', None, True, 2.5):
        talk = visitors.look(agent, said.token, after)
        assert talk is not None and len(talk.messages) == 2
    beyond = visitors.look(agent, said.token, 99)
    assert beyond is not None and (beyond.messages, beyond.seq) == ([], 2)


def test_whoever_a_site_has_signed_is_the_same_on_every_device(world: World, db: Engine) -> None:
    agent = agent_of(world.member)
    secret = identity.renew_secret(world.member, agent.project_id)
    vic = signed(secret, agent.agent_id, id='42', email='vic@home.test', name='Vic')
    assert visitors.recognize(agent, Arrival(identity=vic)).token is None, 'nothing is kept before the first message'
    first = visitors.say(agent, Arrival(identity=vic), QUESTION, key())
    second = visitors.say(agent, Arrival(identity=vic), 'From my phone', key())
    assert second.conversation_id == first.conversation_id
    assert second.token == first.token == visitors.recognize(agent, Arrival(identity=vic)).token
    [row] = conversations.portion(world.viewer, agent.project_id).rows
    assert (row.visitor, row.is_signed) == ('Vic', True)
    ann = signed(secret, agent.agent_id, id='43')
    other = visitors.say(agent, Arrival(token=first.token, identity=ann), 'Hello', key())
    assert other.conversation_id != first.conversation_id, 'somebody else at the same browser'
    now = clock.now()
    clock.source = lambda: now + timedelta(hours=1)
    for token, is_other in ((first.token, True), (other.token, False), (None, False)):
        told = visitors.recognize(agent, Arrival(token=token, identity=ann))
        assert (told.token, told.is_other) == (None, is_other), 'too old to be let in, not to be kept out'
    assert value(db, 'SELECT count(*) FROM visitors') == 2


def test_what_visitors_said_of_themselves_is_not_their_sites_word(world: World) -> None:
    agent = agent_of(world.member)
    secret = identity.renew_secret(world.member, agent.project_id)
    said = ask(agent)
    visitors.leave_address(agent, said.token, 'boss@big.test', 'The boss', agreed=True)
    vic = signed(secret, agent.agent_id, id='42')
    visitors.say(agent, Arrival(token=said.token, identity=vic), 'Hello', key())
    seen = conversations.get(world.viewer, agent.project_id, said.conversation_id).visitor
    assert (seen.name, seen.email, seen.known_as, seen.is_signed) == ('', '', '42', True)


def test_what_a_site_has_not_signed_so_is_nobodys_word(world: World, db: Engine) -> None:
    agent, other = agent_of(world.member), agent_of(world.member)
    secret = identity.renew_secret(world.member, agent.project_id)
    at, who = agent.agent_id, {'id': '42'}
    now = clock.now()
    good = signed(secret, at, **who)
    bad = [
        signed('guessed', at, **who),
        signed('', at, **who),
        signed(secret, other.agent_id, **who),
        signed(secret, at, header='none', **who),
        signed(secret, at, exp=(now - timedelta(seconds=1)).timestamp(), **who),
        signed(secret, at, exp=(now + timedelta(hours=1)).timestamp(), **who),
        signed(secret, at, exp=None, **who),
        signed(secret, at, exp='soon', **who),
        signed(secret, at, exp=1e400, **who),
        signed(secret, at),
        signed(secret, at, id=''),
        signed(secret, at, id='x' * 201),
        signed(secret, at, id=['42']),
        good[:-1],
        f'{good.rpartition(".")[0]}.',
        '..',
        'x' * 5000,
        'é.é.é',
    ]
    for token in bad:
        said = visitors.say(agent, Arrival(identity=token), 'Hello', key())
        assert said.token
    assert value(db, 'SELECT count(*) FROM visitors WHERE is_signed') == 0
    assert refused(seal.Unreadable, seal.unseal, value(db, 'SELECT max(secret) FROM agents'), 'else', at)


# a person ------------------------------------------------------------------------------------------------------------


def test_somebody_asks_for_a_person_before_a_word_is_said(world: World, db: Engine) -> None:
    agent = agent_of(world.member, away='Nobody is here.')
    asked = visitors.ask_person(agent, Arrival(), is_here=False)
    assert asked.token and asked.turn is None
    assert texts_of(agent, asked.token) == ['Nobody is here.']
    again = visitors.ask_person(agent, Arrival(token=asked.token), is_here=False)
    assert (again.seq, again.token) == (asked.seq, None), 'asked once'
    said = ask(agent, QUESTION, token=asked.token)
    assert said.turn is None, 'the agent is silent while somebody waits for a person'
    talk = visitors.look(agent, asked.token)
    assert talk is not None and talk.state is ConversationState.WAITING
    conversations.take(world.member, asked.conversation_id)
    assert visitors.ask_person(agent, Arrival(token=asked.token), is_here=True).seq == said.seq + 1, 'one has it'
    at = {'mia': world.member.user_id, 'here': world.organization_id}
    run(db, 'DELETE FROM memberships WHERE user_id = :mia AND organization_id = :here', **at)
    visitors.ask_person(agent, Arrival(token=asked.token), is_here=True)
    talk = visitors.look(agent, asked.token)
    assert talk is not None and talk.state is ConversationState.WAITING, 'who had it has left'


def test_where_no_person_is_offered_nobody_can_ask_for_one(world: World) -> None:
    without = agent_of(world.member, offers_person=False)
    refused(Invalid, visitors.ask_person, without, Arrival(), is_here=True)


def test_an_address_is_kept_with_the_sentence_and_the_time_and_only_with_consent(world: World, db: Engine) -> None:
    agent = agent_of(world.member, consent='You may write to me.')
    said = ask(agent, OFF_TOPIC)
    for agreed in (False, None, 1, 'yes'):
        assert (
            'agreed' in refused(Invalid, visitors.leave_address, agent, said.token, 'vic@home.test', '', agreed).fields
        )
    wrong = refused(Invalid, visitors.leave_address, agent, said.token, 'nowhere', 'x' * 81, False)
    assert wrong.fields.keys() == {'email', 'name', 'agreed'}
    lead = visitors.leave_address(agent, said.token, ' Vic@Home.test ', 'Vic', True)
    assert visitors.leave_address(agent, said.token, 'vic@home.test', 'Vic', True).id == lead.id
    publish(world.member, agent.project_id, consent='Another one')
    [row] = leads.portion(world.viewer, agent.project_id).rows
    assert (row.email, row.name, row.consent, row.at) == ('Vic@Home.test', 'Vic', 'You may write to me.', lead.at)
    for number in range(2):
        visitors.leave_address(agent, said.token, f'v{number}@home.test', '', True)
    refused(TooMany, visitors.leave_address, agent, said.token, 'v9@home.test', '', True)
    without = publish(world.member, agent.project_id, offers_email=False)
    refused(Invalid, visitors.leave_address, without, said.token, 'v8@home.test', '', True)


def test_votes_reading_and_typing_reach_the_team(world: World, published: list[Change]) -> None:
    agent = agent_of(world.member)
    said = ask(agent)
    for vote, kept in ((1, 1), (-1, -1), (None, None)):
        visitors.vote(agent, said.token, 2, vote)
        talk = visitors.look(agent, said.token)
        assert talk is not None and talk.messages[1].vote == kept
    for seq, wrong in ((1, NotFound), (3, NotFound), (-1, Invalid), ('2', Invalid)):
        refused(wrong, visitors.vote, agent, said.token, seq, 1)
    for bad in (True, 2, 'up', 0, []):
        refused(Invalid, visitors.vote, agent, said.token, 2, bad)
    visitors.read(agent, said.token, 99)
    shown = conversations.get(world.viewer, agent.project_id, said.conversation_id)
    assert shown.visitor_seq == 2
    published.clear()
    visitors.read(agent, said.token, 1)
    assert published == [], 'nobody reads backwards'
    for _ in range(3):
        visitors.typing(agent, said.token)
    typing = Change(agent.organization_id, Topic.TYPING, by='visitor', subject=said.conversation_id)
    assert published == [typing], 'at most every two seconds'


def test_visitors_read_names_of_members_and_never_an_address_or_a_note(world: World) -> None:
    agent = agent_of(world.member)
    said = ask(agent)
    at = said.conversation_id
    introduce(world.member, 'Mia Berg')
    conversations.note(world.admin, at, 'Wants a refund, careful', key())
    conversations.say(world.member, at, 'Hello, this is Mia.', key())
    conversations.assign(world.member, at, world.admin.user_id)
    conversations.say(world.admin, at, 'And this is Adam.', key())
    talk = visitors.look(agent, said.token)
    assert talk is not None
    assert '@' not in str(talk)
    assert 'refund' not in str(talk)
    assert world.member.user_id not in str(talk)
    authors = [(line.text, line.author) for line in talk.messages[2:]]
    assert authors == [
        ('Mia Berg joined.', 'Mia Berg'),
        ('Hello, this is Mia.', 'Mia Berg'),
        ('And this is Adam.', 'Somebody of the team'),
    ]
    assert talk.member == 'Somebody of the team'


# gone ----------------------------------------------------------------------------------------------------------------


def test_deleting_takes_everything_at_once_but_what_was_counted(world: World, db: Engine) -> None:
    agent = agent_of(world.member)
    said, other = ask(agent), ask(agent, OFF_TOPIC)
    ask(agent, OFF_TOPIC, token=said.token)
    visitors.leave_address(agent, said.token, 'vic@home.test', 'Vic', True)
    conversations.note(world.member, said.conversation_id, 'Look at this', key())
    conversations.tag(world.member, said.conversation_id, 'refund')
    mail_server.configure(MailServer.of('smtp://127.0.0.1:25', 'bots@example.com', 'https://bots.example.com'))
    try:
        visitors.transcript(agent, said.token, 'vic@home.test')
    finally:
        mail_server.configure(None)
    pending = ask(agent, QUESTION, token=said.token, answered=False)
    visitors.erase(agent, said.token)
    assert not turns.answer(agent.organization_id, said.conversation_id, pending.turn or 0), (
        'in the middle of an answer'
    )
    assert visitors.look(agent, said.token) is None
    refused(Stranger, visitors.erase, agent, said.token)
    left = {
        table: value(db, f'SELECT count(*) FROM {table}')
        for table in (
            'visitors',
            'conversations',
            'messages',
            'leads',
            'conversation_tags',
            'unanswered_askings',
            'mails',
        )
    }
    assert left == {
        'visitors': 1,
        'conversations': 1,
        'messages': 2,
        'leads': 0,
        'conversation_tags': 0,
        'unanswered_askings': 1,
        'mails': 0,
    }
    assert rows(db, 'SELECT count FROM unanswered') == [(1,)]
    assert value(db, "SELECT count(*) FROM usage_events WHERE metric = 'messages'") == 1
    assert len(texts_of(agent, other.token)) == 2
    stranger = visitors.say(agent, Arrival(token=said.token), 'Hello', key())
    assert stranger.token != said.token


def test_a_copy_is_mailed_as_a_file_and_not_once_it_is_deleted(world: World) -> None:
    agent = agent_of(world.member, name='Botty')
    said = ask(agent)
    refused(Invalid, visitors.transcript, agent, said.token, 'vic@home.test')
    mail_server.configure(MailServer.of('smtp://127.0.0.1:25', 'bots@example.com', 'https://bots.example.com'))
    try:
        refused(Invalid, visitors.transcript, agent, said.token, 'nowhere')
        for _ in range(3):
            assert visitors.transcript(agent, said.token, 'Vic@home.test') == 'Vic@home.test'
        refused(TooMany, visitors.transcript, agent, said.token, 'vic@home.test')
    finally:
        mail_server.configure(None)
    with database.reading(System(agent.organization_id)) as tx:
        mail = tx.exec(select(Mail).where(col(Mail.kind) == 'transcript')).first()
    assert mail is not None and ANSWER not in str(mail.facts), 'what was said is nowhere else'
    sent = transcripts.content(mail)
    text = sent.files[0].content.decode()
    assert 'UTC  You\n' + QUESTION in text
    assert 'UTC  Botty\n' in text and ANSWER in text
    visitors.erase(agent, said.token)
    refused(transcripts.NotSent, transcripts.content, mail)
