"""Limits: how much of anything is too much, each with its unit, in one list."""

from limits import (
    RateLimitItem,
    RateLimitItemPerDay,
    RateLimitItemPerHour,
    RateLimitItemPerMinute,
    RateLimitItemPerSecond,
)

Rule = RateLimitItem
"""So many, per so many minutes, hours or days; its last argument names it apart from the others."""

TRIES_HERE = RateLimitItemPerMinute(10, 10, 'tries-here')
"""Tries to sign in per e-mail address and network. A right password forgets the wrong ones before it."""

TRIES_ADDRESS = RateLimitItemPerHour(100, 1, 'tries-address')
"""Tries to sign in per e-mail address, from all the networks where nobody ever signed in with it."""

TRIES_NETWORK = RateLimitItemPerMinute(200, 10, 'tries-network')
"""Tries to sign in per network, which may be an office or a school: many people behind one address."""

SIGN_UPS = RateLimitItemPerHour(50, 1, 'sign-ups')
"""Forms of sign-up per network."""

CODES = RateLimitItemPerMinute(10, 10, 'codes')
"""Codes of an authenticator app, or on paper, per person. A right one forgets the wrong ones before it."""

CODES_A_DAY = RateLimitItemPerDay(50, 1, 'codes-a-day')
"""The same in a day: three of a million are right at any moment, so one of 6,600 people who try for a day gets in."""

PASSKEYS = 20
"""Passkeys per person."""

NOTED = RateLimitItemPerMinute(1, 1, 'noted')
"""Entries on the record about tries that were too many, per e-mail address and network."""

PAGES = RateLimitItemPerMinute(600, 1, 'pages')
"""Pages per network, looked at before one is built: a page costs 10 ms and lives for a minute at least."""

UNOPENED = 50
"""Pages for the signed-out that wait to be opened by a browser; of more, the oldest go: each is 100 kB."""

SOCKETS = RateLimitItemPerMinute(600, 1, 'sockets')
"""Sockets opened per network; a page needs one, and another one whenever its connection was lost."""

SOCKETS_OPEN = 1000
"""Sockets open at once per network: an office of some hundred people with a few tabs each; idle ones cost 100 kB."""

HELLO = 10
"""Seconds in which a socket has to say hello."""

REFUSALS = RateLimitItemPerMinute(10, 1, 'refusals')
"""Refusals on the record per person, organization, act and rule; the others are refused, too, but not written down."""

INVITATIONS = RateLimitItemPerHour(300, 1, 'invitations')
"""Invitations sent per organization, and per person: a list of two hundred, and some that are sent again."""

RESENDS = RateLimitItemPerMinute(1, 1, 'resends')
"""How often one invitation is sent again."""

INVITED = RateLimitItemPerDay(10, 1, 'invited')
"""Mails with invitations per address, from all organizations together; the others come a day later."""

RECOVERIES = RateLimitItemPerHour(50, 1, 'recoveries')
"""Links to a new password asked for per network, whether anybody has an account with the address or not."""

RESETS = RateLimitItemPerHour(5, 1, 'resets')
"""Mails with such a link per account."""

ADDRESS_LINKS = RateLimitItemPerHour(5, 1, 'address-links')
"""Links to prove an address that one account has sent."""

ADDRESS_MAILS = RateLimitItemPerDay(10, 1, 'address-mails')
"""Such links to one address, from all accounts together that want to change to it."""

CONTACTS = RateLimitItemPerHour(30, 1, 'contacts')
"""People that an organization asks whether they want mail about its billing."""

CONTACT_MAILS = RateLimitItemPerDay(5, 1, 'contact-mails')
"""Mails with that question per address, from all organizations together; the others come a day later."""

MAILS = RateLimitItemPerDay(100, 1, 'mails')
"""Mails of one kind to one address on behalf of an organization, or about one account."""

NEW_DEVICES = RateLimitItemPerDay(5, 1, 'new-devices')
"""Mails per account about a sign-in from a browser that is new to it."""

PROFILES = RateLimitItemPerHour(30, 1, 'profiles')
"""How often somebody changes what they are called, or how they read dates: all they work with are told at once."""

PROJECTS = RateLimitItemPerHour(100, 1, 'projects')
"""Projects made per organization, and per person."""

PROJECTS_A_DAY = RateLimitItemPerDay(300, 1, 'projects-a-day')
"""The same in a day."""

OWN_DATA = RateLimitItemPerHour(10, 1, 'own-data')
"""How often somebody takes along all that is kept about them."""

EVENTS, EVENTS_AT_ONCE = 50, 200
"""Frames a second that one socket may send, and how many of them at once."""

FLOOD = 1000
"""Frames beyond those after which a socket is closed."""

FRAME = 128 * 1024
"""Bytes of one frame of a socket."""

BODY = 32 * 1024
"""Bytes of what is posted by HTTP: a form with two passwords of 256 letters, each as twelve signs, takes a fifth."""

FILE = 10 * 1024 * 1024
"""Bytes of a file that is put into the knowledge of a project."""

UPLOADS = RateLimitItemPerHour(600, 1, 'uploads')
"""Files sent per person, and per organization: three projects full of them."""

UPLOADS_AT_ONCE, UPLOADS_HERE = 12, 4
"""Files that are taken in side by side, in all and per person: each is a file on disk, then 10 MB of memory."""

TYPING = RateLimitItemPerSecond(1, 2, 'typing')
"""How often it is told that somebody types, per conversation and person."""

WAITING_MAILS = RateLimitItemPerMinute(1, 10, 'waiting-mails')
"""Mails about visitors who wait for a person, per project: each is about all who do."""

TRANSCRIPTS = RateLimitItemPerDay(3, 1, 'transcripts')
"""Mails with what was said, per visitor, and per address from all agents together."""

TRANSCRIPTS_HERE = RateLimitItemPerHour(50, 1, 'transcripts-here')
"""The same per agent: to whom they go, visitors say."""

LEADS = 3
"""Addresses that are left in one conversation."""

HEADERS, FIELDS = 16 * 1024, 100
"""Bytes of the line and the headers of one request, as Node.js takes them, and how many headers, as Apache does."""

PIPELINED = 16
"""Requests that one connection may send before the first of them is answered."""

PATIENCE = {'first': 10, 'headers': 10, 'body': 30, 'file': 300, 'rest': 5, 'reading': 60, 'next': 5, 'frame': 30}
"""Seconds that a client has for its first byte, its headers, their body, a file, the rest of one that was refused; to

read what it was sent; until its next request; for one frame of a socket.
"""

AT_ONCE = 64
"""Requests that are looked at side by side, until their answers begin."""

SOCKETS_AT_ONCE, SOCKETS_IN_LINE = 16, 250
"""Sockets whose handshake is looked at side by side, and how many wait for that: a quarter of a second."""

WAITED_FOR, WAITED_FOR_HERE = 500, 400
"""Connections whose client has to do the next thing, in all and per network; beyond, the oldest go: each is 30 kB.

A browser has six of them per page: sixty tabs that open at once behind one address, on slow phones, are 360.
"""

FILES_KEPT = 256
"""File descriptors that connections leave to the database, to files and to mail."""

FORMS = RateLimitItemPerMinute(300, 1, 'forms')
"""What is posted per network, whatever it is."""

SENT_AWAY = RateLimitItemPerMinute(5, 1, 'sent-away')
"""How often a path is answered by the public address, lest a web server in front sends people round and round."""

PROVIDER_CONNECT, PROVIDER_TOTAL = 5, 10
"""Seconds in which a provider of sign-in has to be reached, and to have answered all that one sign-in asks."""

PROVIDER_ANSWER, PROVIDER_AT_ONCE = 256 * 1024, 50
"""Bytes of one answer of a provider, and how many people wait for it side by side; others are told to try again."""

TRIALS = RateLimitItemPerMinute(60, 1, 'trials')
"""Questions per person with which an agent is tried."""

READS = RateLimitItemPerMinute(1200, 1, 'visitor-reads')
"""What visitors fetch per network: scripts, chats, conversations; a school has many of them behind one address."""

SENDS = RateLimitItemPerMinute(1200, 1, 'visitor-sends')
"""What visitors send per network, whatever it is, before anything is looked up."""

SAYS, SAYS_AN_HOUR = RateLimitItemPerMinute(10, 1, 'says'), RateLimitItemPerHour(60, 1, 'says-an-hour')
"""Messages per visitor."""

SAYS_HERE = RateLimitItemPerMinute(30, 1, 'says-here')
"""Messages per network and agent."""

NEW_HERE, NEW_AT_AGENT = RateLimitItemPerMinute(5, 1, 'new-here'), RateLimitItemPerMinute(120, 1, 'new-at-agent')
"""New visitors per network, and per agent: that does not depend on where somebody seems to come from."""

SAYS_AT_AGENT = RateLimitItemPerMinute(600, 1, 'says-at-agent')
SAYS_AT_ORGANIZATION = RateLimitItemPerMinute(1200, 1, 'says-at-organization')
SAYS_IN_ALL = RateLimitItemPerMinute(3000, 1, 'says-in-all')
"""Messages of all visitors of an agent, of an organization, and of this process."""

COMES_AT_AGENT = RateLimitItemPerMinute(3000, 1, 'visitor-comes-at-agent')
"""How often it is asked whom a site has signed, per agent: whoever opens a chat there asks, and says nothing so."""

ACTS = RateLimitItemPerMinute(60, 1, 'visitor-acts')
"""All else that a visitor does: asks for a person, leaves an address, says that something helped, types, reads."""

ACTS_AT_AGENT = RateLimitItemPerMinute(6000, 1, 'visitor-acts-at-agent')
"""The same of all visitors of an agent."""

TURNS_AT_ORGANIZATION, TURNS = 4, 8
"""Answers of agents that are worked on side by side, of one organization and in all: half of the threads there are."""

STREAMS_OF_VISITOR, STREAMS_HERE, STREAMS = 2, 50, 2000
"""Streams of events open at once per visitor, per network, and in all; idle ones cost 40 kB."""

VISITOR_BODY = 16 * 1024
"""Bytes of what a visitor posts: a message of 2,000 characters, each as six signs, takes 12 kB."""
