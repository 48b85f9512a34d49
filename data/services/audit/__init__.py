"""The audit log of an organization: what its people did, and what was refused."""

from data.services.audit.acts import Act, Topic
from data.services.audit.entries import Entry
from data.services.audit.log import PORTION, Export, export, latest, people, portion, record
from data.services.audit.looking import EventFilter, People
