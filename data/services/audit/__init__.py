"""The audit log of an organization: what its people did, and what was refused."""

from data.services.audit.acts import Act, Topic
from data.services.audit.log import (
    PORTION,
    Entry,
    EventFilter,
    Export,
    export,
    latest,
    people,
    portion,
    record,
)
