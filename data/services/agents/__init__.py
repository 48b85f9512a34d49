"""Agents: what answers the visitors of a site from the knowledge of a project."""

from data.services.agents.differences import Difference
from data.services.agents.drafts import change_draft
from data.services.agents.identity import renew_secret, secret
from data.services.agents.keeping import change_keeping
from data.services.agents.looking import AgentView, PublishedVersion, view
from data.services.agents.progress import Progress, progress
from data.services.agents.publishing import NothingNew, OtherState, pause, publish, resume, use_again
from data.services.agents.settings import AgentSettings, Hours
