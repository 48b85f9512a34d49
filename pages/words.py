"""What the application's own names read like on screens."""

from data.services.audit import Entry

HAPPENED = {
    'organization:create': '{who} created the organization',
    'organization:rename': '{who} renamed the organization to “{target}”',
    'organization:status': '{who} changed the status',
    'billing:set_address': '{who} changed the billing address',
    'phone:add': '{who} added the number {target}',
    'phone:change': '{who} changed the number {target}',
    'phone:make_primary': '{who} made {target} the primary number',
    'phone:remove': '{who} removed the number {target}',
    'member:add': '{who} added {target}',
    'member:change_role': '{who} changed the role of {target}',
    'member:remove': '{who} removed {target}',
    'member:leave': '{who} left',
}
PURPOSES = {'voice': 'Voice calls', 'sms': 'Text messages', 'billing': 'Billing contact'}


def happened(entry: Entry) -> str:
    """A sentence for one line of the record."""
    template = HAPPENED.get(entry.action, '{who}: ' + entry.action)
    return template.replace('{who}', entry.who).replace('{target}', entry.target)  # not format(): it is people's text
