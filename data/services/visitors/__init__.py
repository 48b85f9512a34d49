"""Visitors: who writes to an agent on a site, what they say and read, and that all of it goes when they want it to."""

from data.services.visitors.arrivals import Arrival, NotServing, Stranger, is_made, recognize
from data.services.visitors.erasing import erase
from data.services.visitors.looking import Talk, look
from data.services.visitors.saying import Said, ask_person, say
from data.services.visitors.telling import leave_address, read, typing, vote
from data.services.visitors.transcripts import transcript
