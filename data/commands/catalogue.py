"""What the operator does about plans: checks a catalogue, lets it hold, and looks at the one that does."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from data.commands.options import JsonOption, app
from data.inputs import bank_accounts
from data.money import taxes
from data.operations import catalogues, terminal
from data.operations.terminal import Terminal
from data.problems import Invalid
from data.runtime import mail_server
from data.services import plans
from data.services.plans import Difference, Overview, Plan, words

NONE = 'There is no catalogue: nothing is billed, and no screen says so.'

commands = typer.Typer(help='Look after the catalogue of plans; without one nothing is billed.', no_args_is_help=True)
app.add_typer(commands, name='catalogue')

FileWord = Annotated[Path, typer.Argument(help='A catalogue (TOML).', metavar='FILE')]


@commands.command()
def check(file: FileWord, json: JsonOption = False) -> None:
    """Say what is wrong with a catalogue, or what it would change."""
    with terminal.terminal(json) as output:
        terminal.opened()
        difference = _compared(output, plans.check, file)
        lines = _lines(difference, 'Nothing would change.')
        if difference.without:
            lines.append(f'{_many(difference.without)} without a plan would begin with the default one.')
        output.tell('\n'.join(lines), ok=True, **_facts(difference))


@commands.command()
def apply(file: FileWord, json: JsonOption = False) -> None:
    """Let a catalogue hold; whoever has a plan keeps what they have."""
    with terminal.terminal(json) as output:
        mail_server.configure(terminal.opened().mail_server)
        difference = _compared(output, plans.apply, file)
        begun = catalogues.begin_everywhere(output.progress)
        lines = _lines(difference, 'Nothing has changed.')
        if begun:
            lines.append(f'{_many(begun)} without a plan began with the default one.')
        output.tell('\n'.join(lines), ok=True, **_facts(difference), begun=begun)


@commands.command()
def show(json: JsonOption = False) -> None:
    """Show the catalogue that holds, and who has which version."""
    with terminal.terminal(json) as output:
        terminal.opened()
        there = plans.overview()
        if there is None:
            output.tell(NONE, catalogue=None)
            return
        versions = {plan.id: there.versions(plan.id) for plan in there.catalogue.plans}
        output.tell('\n'.join(_shown(there)), catalogue=plans.kept(there.catalogue), organizations=versions)


def _compared(output: Terminal, act: Callable[[str], Difference], file: Path) -> Difference:
    """What the act says of this file; what is wrong with what stands in it ends the command, a line for each."""
    text = catalogues.text_of(file)
    try:
        return act(text)
    except Invalid as problem:
        output.tell('\n'.join(problem.fields.values()), ok=False, wrong=problem.fields)
        raise typer.Exit(terminal.WRONG) from None


def _lines(difference: Difference, nothing: str) -> list[str]:
    lines = [f'Perhaps wrong: {doubt}' for doubt in difference.doubts]
    lines += [nothing] if difference.is_none else []
    lines += difference.settings
    for plan in difference.plans:
        lines += [plan.sentence, *(f'    {change}' for change in plan.changes)]
    return lines


def _facts(difference: Difference) -> dict[str, Any]:
    return {
        'first': difference.is_first,
        'same': difference.is_none,
        'settings': difference.settings,
        'plans': [asdict(plan) for plan in difference.plans],
        'doubts': difference.doubts,
        'without': difference.without,
    }


def _shown(there: Overview) -> list[str]:
    catalogue = there.catalogue
    anchor = 'the day on which each begins' if catalogue.anchor is None else f'day {catalogue.anchor} of a month'
    seller, tax = catalogue.seller, catalogue.tax
    to = catalogue.transfer.get('iban', '')
    lines = [
        f'{catalogue.currency}, days of {catalogue.time_zone}; periods begin on {anchor}.',
        f'{seller["name"]}, {seller["country"]}' + (f'; transfers to {bank_accounts.grouped(to)}.' if to else '.'),
        f'{tax.name} {taxes.shown(tax.rate)}'
        + ''.join(f', {it} {taxes.shown(rate)}' for it, rate in tax.rates.items()),
        f'{catalogue.number}: {catalogue.payment_days} days to pay, {catalogue.grace_days} more until it is read-only.',
    ]
    for plan in catalogue.plans:
        lines += ['', _heading(plan, catalogue.currency)]
        lines += [f'    {line}' for line in words.lines(plan, catalogue.currency)]
        lines += [f'    {_many(number)} with version {version}' for version, number in there.versions(plan.id).items()]
    return lines


def _heading(plan: Plan, currency: str) -> str:
    facts = [words.price(plan, currency), words.trial(plan), '' if plan.is_offered else 'not offered']
    return f'{plan.name} ({plan.id}, version {plan.version}): ' + ', '.join(filter(None, facts))


def _many(number: int) -> str:
    return '1 organization' if number == 1 else f'{number:,} organizations'
