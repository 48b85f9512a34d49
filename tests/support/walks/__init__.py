"""A walk through everything that can be seen: each screen by its path, in every state that looks another way.

A walk leaves the page as the next one may find it: nothing open, nothing typed.
"""

from tests.support.walks import (
    account,
    agent,
    billing,
    conversations,
    entry,
    invoice,
    knowledge,
    members,
    organizations,
    project,
    projects,
    recovery,
    second_factor,
    settings,
    unanswered,
    usage,
)
from tests.support.walks.registry import MUCH, NEW, NOBODY, READER, WALKS, House
