"""Transcripts: a visitor is mailed what was said, as a file; it is put together when the mail is sent."""

from collections.abc import Iterator

from data.database import System, TenantSession, reading, transaction
from data.inputs import emails
from data.integrations.smtp import Attachment
from data.models import Conversation, Mail, MessageRole, Organization
from data.problems import Invalid, TooMany
from data.runtime import limits, mail_server, rate_limiter
from data.services.agents.serving import Serving
from data.services.conversations import lines
from data.services.conversations.erasing import TRANSCRIPT
from data.services.conversations.events import SOMEBODY
from data.services.conversations.lines import Line
from data.services.mail.contents import Content, NotSent
from data.services.visitors.arrivals import expect, expect_serving, principal

NO_MAIL = 'No mail is sent from here. Copy what you want to keep.'


def transcript(serving: Serving, token: object, email: object) -> str:
    """Mail what was said to this address, which the visitor names; the address as it is written.

    Raises Invalid('email'), TooMany, NotServing, Stranger, Unavailable.
    """
    address = emails.parse(email)
    if not mail_server.is_configured():
        raise Invalid(email=NO_MAIL)
    with transaction(principal(serving)) as tx:
        now = expect_serving(tx, serving)
        visitor, conversation = expect(tx, serving, token)
        _refuse_floods(visitor.id, address.key, serving.agent_id)
        organization = tx.find(Organization, serving.organization_id)
        facts = {'organization': organization.name, 'agent': now.settings.name, 'conversation': conversation.id}
        tx.add(Mail(organization_id=organization.id, kind=TRANSCRIPT, recipient=address.shown, facts=facts))
    return address.shown


def content(mail: Mail) -> Content:
    """What such a mail says, with the file; not sent where the conversation was deleted meanwhile."""
    facts = mail.facts
    with reading(System(mail.organization_id)) as tx:
        if tx.get(Conversation, facts['conversation']) is None:
            raise NotSent('This conversation was deleted.', for_good=True)
        text = '\n\n'.join(_written(line, facts['agent']) for line in _all(tx, facts['conversation']))
    file = Attachment('conversation.txt', text.encode('utf-8', 'replace'), 'text/plain')
    return Content(facts, files=(file,))


def _all(tx: TenantSession, conversation_id: str) -> Iterator[Line]:
    after = 0
    while portion := lines.after_that(tx, conversation_id, after):
        yield from portion
        after = portion[-1].seq


def _written(line: Line, agent: str) -> str:
    who = {MessageRole.VISITOR: 'You', MessageRole.AGENT: agent, MessageRole.MEMBER: line.author or SOMEBODY}
    head = f'{line.at:%Y-%m-%d %H:%M} UTC  {who.get(line.role, "")}'.rstrip()
    cited = [f'  {source["name"]}: {source["text"]}' for source in line.sources]
    return '\n'.join([head, line.text, *cited])


def _refuse_floods(*keys: str) -> None:
    rules = (limits.TRANSCRIPTS, limits.TRANSCRIPTS, limits.TRANSCRIPTS_HERE)
    for rule, key in zip(rules, keys, strict=True):
        if seconds := rate_limiter.wait(rule, key):
            raise TooMany('Copies of conversations were mailed several times. This one was not.', seconds)
