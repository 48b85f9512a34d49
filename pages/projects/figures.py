"""What goes on in a project: four figures of its conversations and its knowledge, and the one step that comes next."""

from dataclasses import dataclass
from functools import partial

from nicegui import ui

from components.kit.card import Card
from components.kit.figures import Figure
from components.kit.figures import Figures as FiguresCard
from components.kit.note import Note
from data.changes import Change
from data.models import ProjectStatus
from data.permissions import Member, Permission
from data.services import agents, conversations, projects
from data.services.audit import Topic
from data.services.conversations import Figures
from pages.shell import live

TOPICS = Topic.CONVERSATION, Topic.SOURCE, Topic.AGENT, Topic.UNANSWERED, Topic.MEMBER, Topic.ORGANIZATION


@dataclass(frozen=True)
class Goings:
    """The figures, and how far the agent is: `is_published` once it was, `is_seen` once a site has it."""

    figures: Figures
    is_published: bool
    is_seen: bool
    is_active: bool


@dataclass(frozen=True)
class NextStep:
    """What to do next: a sentence, the label of the button, and where that leads in the project."""

    sentence: str
    label: str
    screen: str


def goings(member: Member, project_id: str) -> Goings:
    """What goes on in a project. Raises NotFound."""
    status, agent = projects.get(member, project_id).project.status, agents.progress(member, project_id)
    return Goings(
        conversations.figures(member, project_id),
        is_published=agent.is_published,
        is_seen=agent.is_seen,
        is_active=status is ProjectStatus.ACTIVE,
    )


def figures_card(member: Member, project_id: str, first: Goings) -> None:
    """The figures and what comes next; both live."""
    home = f'/organizations/{member.organization_id}/projects/{project_id}'
    step: NextStep | None = None

    def go() -> None:
        if step:
            ui.navigate.to(home + step.screen)

    with Card('Next step') as card:
        note = Note(go, look='button-primary')
    figures = FiguresCard('Conversations', 'What visitors asked in the last 30 days.', 'See the conversations')

    def draw(now: Member, _: Change | None, there: Goings) -> None:
        nonlocal step
        step = next_step(now, there)
        card.set_visibility(step is not None)
        note.show(step.sentence if step else '', step.label if step else '')
        figures.show(in_words(there.figures), f'{home}/conversations')

    draw(member, None, first)
    live.watch(*TOPICS, read=partial(goings, project_id=project_id))(draw)
    live.watch(Topic.PROJECT, subject=project_id, read=partial(goings, project_id=project_id))(draw)


def in_words(figures: Figures) -> list[Figure]:
    """The four figures."""
    ready = f'from {figures.ready:,} of {many(figures.sources, "source")}' if figures.sources else ''
    leads = f'{many(figures.leads, "lead")} left' if figures.leads else ''
    return [
        Figure('Conversations', f'{figures.lately:,}', before=f'{figures.conversations:,} in all'),
        Figure('Answered by the agent', f'{figures.answered:,}', before=ready),
        Figure('Wait for a person', f'{figures.waiting:,}', before=leads),
        Figure('Unanswered questions', f'{figures.unanswered:,}'),
    ]


def next_step(member: Member, there: Goings) -> NextStep | None:
    """What whoever looks should do next; None where nothing is to be done, or nothing they may do."""
    if not there.is_active:
        return None
    figures = there.figures
    if figures.waiting and member.may(Permission.CONVERSATION_ANSWER):
        sentence = f'{many(figures.waiting, "visitor waits", "visitors wait")} for a person.'
        return NextStep(sentence, 'See who waits', '/conversations')
    return _preparing(there) if member.may(Permission.PROJECT_EDIT) else None


def _preparing(there: Goings) -> NextStep | None:
    figures = there.figures
    if not figures.sources:
        return NextStep('The agent knows nothing yet: add what it answers from.', 'Add knowledge', '/knowledge')
    if not figures.ready:
        return NextStep('Nothing of the knowledge can be used yet.', 'See why', '/knowledge')
    if not there.is_published:
        return NextStep('Try the agent with your own questions, then publish it.', 'Try the agent', '/agent')
    if figures.unanswered:  # by its plain link it may be asked without any site
        sentence = f'{many(figures.unanswered, "question has", "questions have")} no answer in the knowledge.'
        return NextStep(sentence, 'Write the answers', '/unanswered')
    if not there.is_seen:
        return NextStep('The agent was not seen on any site yet.', 'Put it on your site', '/install')
    return None


def many(count: int, one: str, several: str = '') -> str:
    """A number of things: '1 source', '2 sources'."""
    return f'{count:,} {one if count == 1 else several or f"{one}s"}'
