"""What mails about conversations say: to those who may answer visitors, and to visitors who want a copy."""

from data.services.mail.contents import Wording

CONVERSATIONS = {
    'visitor-waits': Wording(
        'Somebody waits for a person in {project}',
        (
            '{number} for a person in the project {project} of {organization}, and nobody has come yet.',
            'You read this because you may answer visitors.',
        ),
        'See the conversations',
    ),
    'transcript': Wording(
        'Your conversation with {agent}',
        (
            'You asked for a copy of what was said in the chat of {organization}. It comes with this mail.',
            'If you did not ask for it, somebody has typed your address by mistake. You need not do anything.',
        ),
    ),
}
