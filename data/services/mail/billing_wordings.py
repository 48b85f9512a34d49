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
    'credit-note': Wording(
        'Credit note {number} for {organization}',
        (
            'The credit note {number} for {organization} is attached. It is about the invoice {credits}, and comes to '
            '{total}.',
            'You read this because {because}.',
        ),
        'See the credit note',
    ),
}
