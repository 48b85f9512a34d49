"""Agents: what answers the visitors of a site from the knowledge of a project."""

from data.services.agents.settings import AgentSettings, Hours
