"""Tables, columns and constraints. Rules that must hold whatever the code does stand here or in the migrations."""

from data.models.accounts import AccountEvent, User, UserSession
from data.models.agents import Agent, AgentSite, AgentState, AgentVersion
from data.models.audit import AuditEvent
from data.models.base import OrganizationOwned, PersonOwned, is_id, new_id
from data.models.billing import BillingAddress, BillingContact
from data.models.conversations import (
    Conversation,
    ConversationState,
    ConversationTag,
    Lead,
    Message,
    MessageRole,
    Reply,
    Visitor,
)
from data.models.invitations import Invitation, InvitationState
from data.models.invoices import (
    Invoice,
    InvoiceDocument,
    InvoiceKind,
    InvoiceLine,
    InvoiceNotice,
    InvoiceState,
    InvoiceTax,
    NumberGap,
    NumberSequence,
    Payment,
)
from data.models.mail import Farewell, Mail, MailState, OutgoingMail, PersonalMail
from data.models.memberships import Membership, Role
from data.models.organizations import Organization, Status
from data.models.phone_numbers import PhoneNumber, Purpose
from data.models.projects import Project, ProjectStatus
from data.models.sources import Passage, Source, SourceFile, SourceKind, SourceState, WrittenAnswer
from data.models.subscriptions import (
    BillingPeriod,
    Interval,
    PendingLine,
    PeriodState,
    PlanSpan,
    PlanVersion,
    Subscription,
)
from data.models.unanswered import Unanswered, UnansweredAsking, UnansweredState
from data.models.usage import (
    BillingSettings,
    SeatSpan,
    UsageCounter,
    UsageDay,
    UsageEvent,
    UsageHour,
    UsageLevel,
    UsageLimit,
)
from data.models.ways_in import (
    AccountToken,
    Authenticator,
    Challenge,
    Identity,
    Passkey,
    RecoveryCode,
    RecoveryRequest,
    TokenPurpose,
)
