"""Every act that is on the audit log of an organization: its name, its sentence, and which part of it changes.

The names stay for good: they are in the rows that were written. What is about a refusal is said by the phrase of its
permission.
"""

from enum import StrEnum

from data.changes import AUDIT, PRESENCE


class Topic(StrEnum):
    """A part of an organization that a screen may be showing: the subject in the names of acts that change it.

    `label` is what screens call the acts of it, '' where there are none; topics with one label are one to people.
    """

    label: str

    def __new__(cls, subject: str, label: str = '') -> 'Topic':
        """A member whose value is the subject."""
        topic = str.__new__(cls, subject)
        topic._value_ = subject
        topic.label = label
        return topic

    ORGANIZATION = 'organization', 'Organization'
    MEMBER = 'member', 'People'
    INVITATION = 'invitation', 'People'
    PHONE = 'phone', 'Phone numbers'
    BILLING = 'billing', 'Billing'
    PROJECT = 'project', 'Projects'
    SOURCE = 'source', 'Knowledge'
    AGENT = 'agent', 'Agents'
    CONVERSATION = 'conversation', 'Conversations'
    REPLY = 'reply', 'Conversations'
    UNANSWERED = 'unanswered', 'Knowledge'
    LEAD = 'lead', 'Conversations'
    USAGE = 'usage', 'Usage'
    TYPING = 'typing'
    AUDIT = AUDIT, 'Activity log'
    PRESENCE = PRESENCE


_LIMITS = Topic.USAGE, Topic.ORGANIZATION


class Act(StrEnum):
    """A name `subject:verb`, the sentence and the note that screens make of it; their gaps are filled from the event.

    Gaps: {who}, {target}, and the details the act was recorded with. The subject is the topic that changes; `also` are
    others that do.
    """

    sentence: str
    note: str
    topics: tuple[Topic, ...]

    def __new__(cls, name: str, sentence: str, note: str = '', *also: Topic) -> 'Act':
        """An act whose value is its name. Raises ValueError for a sentence about nobody, or a subject that is none."""
        if '{who}' not in sentence:
            raise ValueError(f'{name} needs a sentence with {{who}}.')
        act = str.__new__(cls, name)
        act._value_ = name
        act.sentence, act.note = sentence, note
        act.topics = (Topic(name.partition(':')[0]), *also)
        return act

    ORGANIZATION_CREATE = 'organization:create', '{who} created the organization'
    ORGANIZATION_RENAME = 'organization:rename', '{who} renamed the organization to “{target}”', 'It was “{before}”'
    ORGANIZATION_STATUS = 'organization:status', '{who} changed the status', 'From {before} to {after}'
    ORGANIZATION_REQUIRE_FACTOR = 'organization:require_factor', '{who} required a second factor of everybody'
    ORGANIZATION_WAIVE_FACTOR = 'organization:waive_factor', '{who} required a second factor no longer'
    BILLING_SET_ADDRESS = 'billing:set_address', '{who} changed the billing address'
    BILLING_CHOOSE = 'billing:choose', '{who} chose the plan {target}', 'From {day} on, after {before}', *_LIMITS
    BILLING_CANCEL = 'billing:cancel', '{who} canceled the plan {target}', 'It ends with {day}'
    BILLING_RESUME = 'billing:resume', '{who} kept the plan {target}'
    BILLING_RENEW = 'billing:renew', '{who} began the plan {target}', 'From {day} on, after {before}', *_LIMITS
    BILLING_SET_REFERENCE = 'billing:set_reference', '{who} changed the reference on invoices'
    BILLING_ADD_CONTACT = 'billing:add_contact', '{who} asked {target} whether to get mail about billing'
    BILLING_CHANGE_CONTACT = 'billing:change_contact', '{who} changed what {target} gets mail about'
    BILLING_CONFIRM_CONTACT = 'billing:confirm_contact', '{who} confirmed to get mail about billing'
    BILLING_REMOVE_CONTACT = 'billing:remove_contact', '{who} removed {target} from mail about billing'
    BILLING_DRAFT = 'billing:draft', '{who} prepared an invoice', 'About {day} to {last}'
    BILLING_ADD_LINE = 'billing:add_line', '{who} put “{target}” on the next invoice', '{amount}'
    BILLING_INVOICE = 'billing:invoice', '{who} issued the invoice {target}', '{amount}'
    BILLING_CREDIT = 'billing:credit', '{who} issued the credit note {target}', '{amount} of {before}'
    BILLING_PAYMENT = 'billing:payment', '{who} recorded a payment for {target}', '{amount}'
    BILLING_REVERSE = 'billing:reverse', '{who} took back a payment for {target}', '{amount}'
    BILLING_CONFIRM_TAX_ID = 'billing:confirm_tax_id', '{who} confirmed the tax ID {target}'
    BILLING_EXEMPT = 'billing:exempt', '{who} changed whether tax is due', 'It is {after}'
    PHONE_ADD = 'phone:add', '{who} added the number {target}'
    PHONE_CHANGE = 'phone:change', '{who} changed the number {target}'
    PHONE_MAKE_PRIMARY = 'phone:make_primary', '{who} made {target} the primary number'
    PHONE_REMOVE = 'phone:remove', '{who} removed the number {target}'
    PROJECT_CREATE = 'project:create', '{who} created the project {target}'
    PROJECT_RENAME = 'project:rename', '{who} renamed a project to {target}', 'It was {before}'
    PROJECT_DESCRIBE = 'project:describe', '{who} changed the description of the project {target}'
    PROJECT_ARCHIVE = 'project:archive', '{who} archived the project {target}'
    PROJECT_REOPEN = 'project:reopen', '{who} took the project {target} out of the archive'
    PROJECT_DELETE = 'project:delete', '{who} deleted the project {target}', 'It can be restored for 30 days'
    PROJECT_RESTORE = 'project:restore', '{who} restored the project {target}'
    PROJECT_ERASE = 'project:erase', '{who} deleted the project {target} for good'
    SOURCE_ADD = 'source:add', '{who} added the file {target} to the knowledge of {project}'
    SOURCE_REPLACE = 'source:replace', '{who} replaced the file {target} in the knowledge of {project}'
    SOURCE_READ = 'source:read', '{who} had {target} in the knowledge of {project} read again'
    SOURCE_SWITCH_OFF = 'source:switch_off', '{who} switched off {target} in the knowledge of {project}'
    SOURCE_SWITCH_ON = 'source:switch_on', '{who} switched on {target} in the knowledge of {project}'
    SOURCE_WRITE = 'source:write', '{who} wrote the answer to “{target}” in {project}'
    SOURCE_CHANGE = 'source:change', '{who} changed the answer to “{target}” in {project}'
    SOURCE_REMOVE = 'source:remove', '{who} deleted {target} from the knowledge of {project}'
    AGENT_CHANGE = 'agent:change', '{who} changed the draft of the agent of {target}'
    AGENT_PUBLISH = 'agent:publish', '{who} published version {number} of the agent of {target}', '{note}'
    AGENT_PAUSE = 'agent:pause', '{who} paused the agent of {target}'
    AGENT_RESUME = 'agent:resume', '{who} let the agent of {target} answer again'
    AGENT_LIMIT = 'agent:limit', '{who} changed how long conversations of {target} are kept, or how many are answered'
    AGENT_RENEW_SECRET = 'agent:renew_secret', '{who} renewed the secret of the agent of {target}'
    CONVERSATION_TAKE = 'conversation:take', '{who} took over a conversation in {target}'
    CONVERSATION_ASSIGN = 'conversation:assign', '{who} assigned a conversation in {target} to {member}'
    CONVERSATION_GIVE_BACK = 'conversation:give_back', '{who} gave a conversation in {target} back to the agent'
    CONVERSATION_RESOLVE = 'conversation:resolve', '{who} resolved a conversation in {target}'
    CONVERSATION_REOPEN = 'conversation:reopen', '{who} reopened a conversation in {target}'
    CONVERSATION_DELETE = 'conversation:delete', '{who} deleted a conversation in {target}', '', Topic.LEAD
    REPLY_ADD = 'reply:add', '{who} added the canned reply {target}'
    REPLY_CHANGE = 'reply:change', '{who} changed the canned reply {target}'
    REPLY_REMOVE = 'reply:remove', '{who} removed the canned reply {target}'
    UNANSWERED_DISMISS = 'unanswered:dismiss', '{who} dismissed an unanswered question in {target}'
    UNANSWERED_REOPEN = 'unanswered:reopen', '{who} took up an unanswered question in {target} again'
    LEAD_EXPORT = 'lead:export', '{who} exported the leads of {target}', '{rows} rows'
    USAGE_LIMIT = 'usage:limit', '{who} limited {target}', 'To {after}, it was {before}', Topic.ORGANIZATION
    USAGE_EXPORT = 'usage:export', '{who} exported the usage', '{rows} rows as {target}'
    MEMBER_ADD = 'member:add', '{who} added {target}', 'As {role}'  # before there were invitations
    MEMBER_CHANGE_ROLE = 'member:change_role', '{who} changed the role of {target}', 'From {before} to {after}'
    MEMBER_REMOVE = 'member:remove', '{who} removed {target}'
    MEMBER_LEAVE = 'member:leave', '{who} left'
    INVITATION_CREATE = 'invitation:create', '{who} invited {target}', 'As {role}'
    INVITATION_RESEND = 'invitation:resend', '{who} sent the invitation for {target} again', 'As {role}'
    INVITATION_REVOKE = 'invitation:revoke', '{who} withdrew the invitation for {target}'
    INVITATION_CHANGE_ROLE = (
        'invitation:change_role',
        '{who} changed the role that {target} is invited as',
        'From {before} to {after}',
    )
    INVITATION_ACCEPT = 'invitation:accept', '{who} accepted the invitation by {target}', 'As {role}', Topic.MEMBER
    INVITATION_DECLINE = 'invitation:decline', '{who} declined the invitation by {target}'
    AUDIT_EXPORT = 'audit:export', '{who} exported the activity log', '{events} events as {target}'


_BY_NAME = {act.value: act for act in Act}
_SCOPES = {'owner': Topic.MEMBER}
"""What permissions are about whose scope is the subject of no act."""
_SUBJECTS = {topic.value: topic for topic in Topic} | _SCOPES


def act_named(name: str) -> Act | None:
    """The act with this name, None where another version has written it."""
    return _BY_NAME.get(name)


def topic_named(name: str) -> Topic | None:
    """What an event with this name is about, None where another version has written it."""
    return _SUBJECTS.get(name.partition(':')[0])


def topics_of(name: str, outcome: str) -> tuple[Topic, ...]:
    """What an event on the record has changed; a refusal changes nothing but the record."""
    subject = name.partition(':')[0]
    if outcome != 'done':
        return (Topic.AUDIT,)
    if act := act_named(name):
        return act.topics
    return (Topic(subject) if subject in set(Topic) else Topic.AUDIT,)


def subjects_by_label() -> dict[str, tuple[str, ...]]:
    """The words that screens have for what acts are about, each with the subjects of names that it stands for."""
    labels = dict.fromkeys(topic.label for topic in Topic if topic.label)
    return {label: tuple(it for it, topic in _SUBJECTS.items() if topic.label == label) for label in labels}
