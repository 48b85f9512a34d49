"""The screen of canned replies: everybody reads them, who answers writes them, and all of it is live."""

from data.models import Role
from data.services import projects, replies
from tests.support.inbox_screen import Visit
from tests.support.projects import make
from tests.support.visitors import Visitor, until
from tests.support.world import World, email_of


async def at_replies(visit: Visit, world: World, role: Role, project_id: str) -> Visitor:
    """The screen, opened by whoever has this role."""
    visitor = await visit(email_of(world.of(role)))
    await visitor.open(f'/organizations/{world.organization_id}/projects/{project_id}/conversations/replies')
    await visitor.sees('Canned replies')
    return visitor


async def test_a_reply_is_written_changed_and_removed_for_everybody(visit: Visit, world: World) -> None:
    project_id = make(world.owner, 'Website').id
    mia, vera = [await at_replies(visit, world, role, project_id) for role in (Role.MEMBER, Role.VIEWER)]
    assert 'No canned replies yet.' in mia.shown
    assert 'New reply' not in vera.shown
    assert 'Only Owners, Admins and Members can answer visitors. You are a Viewer.' in vera.shown
    mia.press('New reply')
    form = mia.form('reply')
    form.fill(title=' Lost parcel ', text='I am sorry.\nI ask the carrier.').send()
    for visitor in (mia, vera):
        await visitor.sees('Lost parcel', 'I am sorry.\nI ask the carrier.')
    [kept] = replies.of_project(world.member, project_id)
    mia.choose({'id': kept.id}, 'edit')
    form = mia.form('reply').fill(title='Parcel')
    replies.change(world.owner, kept.id, {'title': kept.title, 'text': 'I ask.'}, version=1)
    form.send()
    await mia.sees('changed in the meantime')
    form.send()
    await until(lambda: 'Lost parcel' not in vera.shown and 'Parcel' in vera.shown)
    mia.press('New reply')
    again = mia.form('reply')
    again.fill(title='PARCEL', text='').send()
    await until(lambda: again.error('text') == 'The reply is required.')
    again.fill(text='Twice').send()
    await until(lambda: again.error('title') == 'There is a reply of this title already.')
    assert again['text'] == 'Twice', 'what was typed stays'
    vera.choose({'id': kept.id}, 'remove')  # as a browser would that is not ours
    mia.choose({'id': kept.id}, 'remove')
    await mia.sees('Remove this reply?')
    assert 'Remove this reply?' not in vera.shown
    mia.press('Remove reply')
    await until(lambda: 'No canned replies yet.' in vera.shown)


async def test_replies_of_another_project_are_not_there(visit: Visit, world: World) -> None:
    project_id, other = make(world.owner, 'Website').id, make(world.owner, 'Other').id
    foreign = projects.create(world.stranger, {'name': 'Foreign', 'description': ''}).id
    for actor, at in ((world.owner, other), (world.stranger, foreign)):
        replies.add(actor, at, {'title': 'Secret', 'text': 'Hidden words'})
    mia = await at_replies(visit, world, Role.MEMBER, project_id)
    assert 'Secret' not in mia.shown
    await mia.open(f'/organizations/{world.organization_id}/projects/{foreign}/conversations/replies')
    await mia.sees('There is nothing here', 'This project is no longer here.')
