"""What mails about billing say: to Owners, and to contacts, who may have no account."""

from data.services.mail.contents import Wording

BILLING = {
    'contact': Wording(
        'May {organization} send you mail about its billing?',
        (
            '{organization} wants to send {what} to {email}, by Botcadence. Confirm it, and they come to this address. '
            'You need no account for that.',
            'The link is good until {until}, and for one use. If you did not expect it, you need not do anything: '
            'without your answer nothing else comes.',
        ),
        'Answer',
    ),
    'invoice': Wording(
        'Invoice {number} for {organization}',
        (
            'The invoice {number} for {organization} is attached. It comes to {total}. {todo}',
            'You read this because {because}.',
        ),
        'See the invoice',
    ),
    'plan-changes': Wording(
        'The plan {plan} of {organization} changes on {day}',
        (
            'Until then {organization} has it as it is: {before}. From {day} on it is: {after}.',
            'What it includes stands where the plan is. Whoever does not want it can choose another one, or cancel it '
            'before that day.',
            'You read this because {because}.',
        ),
        'See the plan',
    ),
    'trial-ends': Wording(
        'The trial of {organization} ends on {day}',
        (
            'From {day} on {organization} pays for the plan {plan}: {price}. Whoever does not want that cancels it '
            'before that day.',
            'You read this because {because}.',
        ),
        'See the plan',
    ),
    'invoice-no-address': Wording(
        '{organization} needs a billing address for its invoice',
        (
            'An invoice of {amount} for {organization} is prepared, and nobody has said yet where its bills go. It is '
            'issued once an Owner has added the billing address.',
            'You read this because invoices of {organization} are sent to you.',
        ),
        'Add the billing address',
    ),
    'credit-note': Wording(
        'Credit note {number} for {organization}',
        (
            'The credit note {number} for {organization} is attached. It is about the invoice {credits}, and comes to '
            '{total}.',
            'You read this because {because}.',
        ),
        'See the credit note',
    ),
    'invoice-due-soon': Wording(
        'Invoice {number} of {organization} is due on {due_on}',
        (
            '{amount} of the invoice {number} are to be paid by {due_on}. How to pay stands on it.',
            'If you have paid already, you need not do anything: money takes a few days, and then it is noted.',
            'You read this because {because}.',
        ),
        'See the invoice',
    ),
    'invoice-overdue': Wording(
        'Invoice {number} of {organization} is overdue',
        (
            'The invoice {number} was due on {due_on}, and {amount} of it are not paid yet. How to pay stands on it.',
            'Everything works as before. If it stays unpaid, {organization} becomes read-only {when}.',
            'You read this because {because}.',
        ),
        'See the invoice',
    ),
    'invoice-last-days': Wording(
        '{organization} becomes read-only {when}',
        (
            'The invoice {number} was due on {due_on}, and {amount} of it are not paid yet. How to pay stands on it.',
            'If it stays unpaid, {organization} becomes read-only {when}. Nothing is deleted, and as soon as it is '
            'paid, everything works again.',
            'You read this because {because}.',
        ),
        'See the invoice',
    ),
    'invoice-restricted': Wording(
        '{organization} is read-only',
        (
            'The invoice {number} was due on {due_on}, and {amount} of it are not paid. Until they are, {organization} '
            'can be looked at and not changed.',
            'Nothing is deleted. As soon as it is paid, everything works again.',
            'You read this because {because}.',
        ),
        'See the invoice',
    ),
    'invoice-paid': Wording(
        'Invoice {number} of {organization} is paid',
        ('The invoice {number} of {amount} is paid. Thank you.', 'You read this because {because}.'),
        'See the invoice',
    ),
}
