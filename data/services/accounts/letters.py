"""Mails about accounts that carry a link: what they say is found out when they are sent."""

from data import clock
from data.database import accounts
from data.inputs import moments
from data.models import AccountToken, PersonalMail, TokenPurpose, User
from data.problems import NotFound
from data.services.accounts import links
from data.services.mail.contents import Content, NotSent

PATHS = {
    TokenPurpose.VERIFY: '/verify-email/',
    TokenPurpose.CHANGE: '/verify-email/',
    TokenPurpose.RESET: '/reset-password/',
}
"""Where a link leads."""


def path_of(link: AccountToken) -> str:
    """The path of a link, with its secret. Raises NotFound where that was made with another secret key."""
    return PATHS[link.purpose] + links.token_of(link)


def link_content(mail: PersonalMail) -> Content:
    """What a mail with a link says as of now; the row of the link is among the facts of the mail. Raises NotSent."""
    with accounts(writes=False) as tx:
        link, reader = tx.get(AccountToken, mail.facts.get('row')), tx.get(User, mail.user_id)
    if link is None or link.user_id != mail.user_id:
        raise NotSent('A newer link has taken its place, or it is not needed any more.', for_good=True)
    if link.expires_at <= clock.now():
        raise NotSent('The time of its link was over.', for_good=True)
    facts = {name: value for name, value in mail.facts.items() if name != 'row'}
    own = {'language': reader.language, 'zone': reader.time_zone} if reader else {}
    until = moments.in_words(link.expires_at, **own)
    try:
        return Content({**facts, 'until': until}, path_of(link))
    except NotFound as dead:
        raise NotSent(str(dead), for_good=True) from None
