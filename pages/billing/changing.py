"""Before a plan changes: what follows, to the line and to the day, as the service that does it has found out."""

from nicegui import ui

from components.billing import Bill
from components.kit.calls import busy, call, told
from components.kit.dialog import dialog
from components.kit.text import Text
from data.permissions import Member
from data.problems import Stale
from data.services import subscriptions
from data.services.subscriptions.previewing import Preview, preview
from pages.billing import bill_words, held_words

OTHERWISE = 'What follows is not what was shown any more. Nothing was changed.'
TOO_MUCH = 'More is there than it includes:'


async def ask_to_change(member: Member, plan_id: str, tax_name: str) -> None:
    """Show what follows where this plan is chosen, and choose it if that is wanted.

    Where something else would follow by then, that is shown, and asked anew.
    """
    place = ui.context.slot.parent
    following = await call(preview, member, plan_id)
    title, act = held_words.question(following)
    with dialog(title) as box:
        _explain(following, tax_name)

        @told
        async def go() -> None:
            with busy(button):
                is_done = await _carry_out(member, following)
            box.close()
            if not is_done:
                with place:
                    ui.notify(OTHERWISE)
                    await ask_to_change(member, plan_id, tax_name)

        with ui.element('div').classes('actions'):
            look = 'button-danger' if following.decision.is_end else 'button-primary'
            button = ui.button(act, on_click=go, color=None).classes(look)
            ui.button('Not now', on_click=box.close, color=None).classes('button').props('autofocus')


async def _carry_out(member: Member, following: Preview) -> bool:
    """Whether it was done: nothing is where it would not be what was shown."""
    decision, version = following.decision, following.version
    try:
        if decision.is_end:
            await call(subscriptions.cancel, member, version=version, shown=decision)
        else:
            await call(subscriptions.choose, member, decision.plan.id, version=version, shown=decision)
    except Stale:
        return False
    return True


def _explain(following: Preview, tax_name: str) -> None:
    """When it begins, the lines that it makes, and what is over its limits."""
    for sentence in held_words.follows(following):
        Text('p', sentence, 'preview-line')
    if following.lines:
        lines = Bill('What is put on the next invoice', '')
        sums = bill_words.sums(following.totals, following.currency, tax_name)
        lines.show(bill_words.lines(following.lines, following.currency), sums)
    if following.over:
        Text('p', TOO_MUCH, 'preview-line')
        with ui.element('ul').classes('preview-list'):
            for it in following.over:
                Text('li', it.sentence)
