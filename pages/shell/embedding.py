"""Embedding: the addresses of the chat of an agent, and the tag that puts it into a page."""

url = ''
"""Origin under which visitors reach the chats; the start of the server sets it."""


def configure(origin: str) -> None:
    """Say under which origin they do."""
    global url
    url = origin


def tag(agent_id: str) -> str:
    """What somebody puts into the pages of their site: one tag of HTML, with the agent's public id in it."""
    return f'<script async src="{url}/widget.js?agent={agent_id}"></script>'


def hosted(agent_id: str) -> str:
    """The address of the chat as a page of its own, a plain link."""
    return f'{url}/widget/{agent_id}'


def trial(agent_id: str) -> str:
    """The address of a page with the tag in it, to try it on before it is on a site."""
    return f'{url}/widget/{agent_id}/try'
