"""What the operator does about who has which plan: chooses one for an organization, moves all to another version."""

from dataclasses import asdict
from typing import Annotated

import typer

from data.commands.options import JsonOption, OrganizationWord, app
from data.operations import directory, terminal
from data.runtime import mail_server
from data.services.subscriptions import operating
from data.services.subscriptions.deciding import Decision, When
from data.services.subscriptions.operating import Moved

PlanWord = Annotated[str, typer.Argument(help='The id of a plan of the catalogue.', metavar='PLAN')]


@app.command()
def subscribe(organization: OrganizationWord, plan: PlanWord, json: JsonOption = False) -> None:
    """Choose a plan for an organization, as its Owners can: a dearer one at once, any other with the next period."""
    with terminal.terminal(json) as output:
        mail_server.configure(terminal.opened().mail_server)
        row, decision = operating.subscribe(directory.id_of(organization), plan)
        output.tell(
            f'{terminal.name(row.name)} {_sentence(decision)}',
            organization=row.id,
            name=row.name,
            plan=decision.plan.id,
            version=decision.plan.version,
            before=decision.before.id,
            when=decision.when.value,
            day=decision.from_day.isoformat(),
            trial_ends_on=decision.trial_ends_on.isoformat() if decision.trial_ends_on else None,
            lines=[{'text': line.text, 'net': line.net} for line in decision.lines],
        )


@app.command('migrate-plan')
def migrate_plan(
    plan: PlanWord,
    to: Annotated[int, typer.Option(help='The version that they get; see catalogue show.', min=1)],
    from_next_period: Annotated[
        bool, typer.Option('--from-next-period', help='What else there is not: nobody’s plan changes before.')
    ] = False,
    json: JsonOption = False,
) -> None:
    """Let all who have a plan have another version of it from their next period on; they are written to now."""
    if not from_next_period:
        raise typer.BadParameter('It is with the next period of each. Say so: --from-next-period')
    with terminal.terminal(json) as output:
        mail_server.configure(terminal.opened().mail_server)
        version, moved = operating.migrate(
            plan, to, lambda done, of: output.progress(f'{done:,} of {of:,} organizations')
        )
        lines = [_line(it) for it in moved] or ['Everybody who has this plan has this version.']
        if not mail_server.is_configured() and any(it.day for it in moved):
            lines.append('No mail server is set: nobody was written to.')
        values = [{**asdict(it), 'day': it.day.isoformat() if it.day else None} for it in moved]
        output.tell('\n'.join(lines), plan=version.id, version=version.version, organizations=values)


def _sentence(decision: Decision) -> str:
    plan, day = decision.plan.name, decision.from_day.isoformat()
    if decision.when is When.KEPT:
        return f'keeps the plan {plan}.'
    if decision.when is When.NEXT:
        return f'has the plan {plan} from {day} on, and {decision.before.name} until then.'
    trial = f' It is a trial until {decision.trial_ends_on.isoformat()}.' if decision.trial_ends_on else ''
    return f'has the plan {plan} now.{trial}'


def _line(moved: Moved) -> str:
    name = terminal.name(moved.name)
    if moved.day is None:
        return f'{moved.organization_id}  {name}: stays as it is, {moved.kept}'
    told = '1 person was told' if moved.told == 1 else f'{moved.told:,} people were told'
    return f'{moved.organization_id}  {name}: from {moved.day.isoformat()} on, {told}'
