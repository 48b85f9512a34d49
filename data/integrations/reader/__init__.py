"""Reading of documents in a process of its own, under limits: nothing that is in a file reaches the server's memory.

What parses is imported in that process only.
"""

from data.integrations.reader.documents import Media, Part, Reading, Reason, Unreadable
from data.integrations.reader.process import Crashed, NotStarted, Stopped, read
