"""What mails say: one wording for each kind, with gaps for the facts that were written with it."""

from data.services.mail.billing_wordings import BILLING
from data.services.mail.contents import Wording
from data.services.mail.conversation_wordings import CONVERSATIONS

WAS_IT_YOU = 'If it was not you, sign in, change your password and end all other sessions in your account.'
NOT_YOU = 'If it was not you, set a new password by the link “Forgot your password?” and look through your account.'

WORDINGS = {
    **BILLING,
    **CONVERSATIONS,
    'invitation': Wording(
        'You are invited to {organization}',
        (
            '{by} invites you to {organization} on Botcadence, as {role}.',
            'The invitation is for {email}, good until {until}, and for one use. '
            'If you did not expect it, you need not do anything.',
        ),
        'See the invitation',
    ),
    'removed': Wording(
        'You are no longer a member of {organization}',
        ('{by} removed you from {organization}. Your account and your other organizations stay as they are.',),
    ),
    'removal': Wording(
        '{email} is no longer a member of {organization}',
        ('{by} removed {email} from {organization}. You read this because you are an Owner.',),
    ),
    'role': Wording(
        'You are now {role} of {organization}',
        ('{by} changed your role in {organization} from {before} to {role}.',),
    ),
    'limit-near': Wording(
        '{organization} is near its limit of {what}',
        (
            '{organization} may have {allowed}. Used {when}: {used}.',
            'Whoever runs Botcadence has set this limit, and can raise it. You read this because {because}.',
        ),
        'See the usage',
    ),
    'limit-reached': Wording(
        '{organization} has reached its limit of {what}',
        (
            '{organization} may have {allowed}. Used {when}: {used}. {next}',
            'Whoever runs Botcadence has set this limit, and can raise it. You read this because {because}.',
        ),
        'See the usage',
    ),
    'included-near': Wording(
        '{organization} has used most of the {what} that its plan includes',
        (
            'The plan of {organization} includes {allowed}. Used {when}: {used}.',
            'You read this because {because}.',
        ),
        'See the usage',
    ),
    'included-reached': Wording(
        '{organization} has used all {what} that its plan includes',
        (
            'The plan of {organization} includes {allowed}. Used {when}: {used}. {next}',
            'You read this because {because}.',
        ),
        'See the usage',
    ),
    'password': Wording(
        'Your Botcadence password was changed',
        (
            'Whoever runs Botcadence has set a new password for your account. You are signed out everywhere.',
            'If you did not ask for that, talk to them.',
        ),
    ),
    'verify': Wording(
        'Confirm your email address for Botcadence',
        (
            'You have an account at Botcadence with the address {email}. Confirm that it is yours, and you can invite '
            'other people. The link is good until {until}, and for one use.',
            'If you have not signed up, you need not do anything: nobody can confirm it but you.',
        ),
        'Confirm this address',
    ),
    'move': Wording(
        'Confirm your new email address for Botcadence',
        (
            'Somebody who signs in to Botcadence with another address wants to do so with {new}. If that is you, '
            'confirm it where you are signed in. The link is good until {until}, and for one use.',
            'If it is not you, you need not do anything: nothing changes without you.',
        ),
        'Confirm this address',
    ),
    'move-asked': Wording(
        'Your Botcadence account is about to have another address',
        (
            'You asked to change the address of your account to {new}. Until that is confirmed, it stays as it is.',
            'If it was not you, sign in, keep your address, change your password and end all other sessions in your '
            'account.',
        ),
    ),
    'moved': Wording(
        'Your Botcadence account has another address now',
        (
            'The address of your account was changed to {new}. You sign in with that one from now on, and mails about '
            'your account go there.',
            'If it was not you, talk to whoever runs Botcadence at once.',
        ),
    ),
    'reset': Wording(
        'A new password for Botcadence',
        (
            'Somebody asked for a new password for your account. If it was you, set one by this link. It is good until '
            '{until}, and for one use.',
            'If it was not you, you need not do anything: your password stays as it is.',
        ),
        'Set a new password',
    ),
    'no-password': Wording(
        'Your Botcadence account has no password',
        (
            'Somebody asked for a new password for your account. It has none: you sign in with {ways}.',
            'If you can’t do that any more, talk to whoever runs Botcadence. If it was not you who asked, you need not '
            'do anything.',
        ),
    ),
    'password-reset': Wording(
        'You have a new password for Botcadence',
        (
            'A new password was set for your account by a link from a mail. You are signed out everywhere.',
            'If it was not you, somebody reads your mail: change its password first, then this one.',
        ),
    ),
    'password-changed': Wording(
        'You changed your Botcadence password',
        ('Your password was changed, and all your other browsers are signed out.', NOT_YOU),
    ),
    'password-added': Wording(
        'Your Botcadence account has a password now',
        ('A password was set for your account: one more way to sign in.', WAS_IT_YOU),
    ),
    'password-removed': Wording(
        'Your Botcadence account has no password any more',
        ('The password of your account was removed. Your other ways to sign in stay as they are.', NOT_YOU),
    ),
    'passkey-added': Wording(
        'A passkey was added to your Botcadence account',
        ('The passkey {name} can now sign in to your account.', WAS_IT_YOU),
    ),
    'passkey-removed': Wording(
        'A passkey was removed from your Botcadence account',
        ('The passkey {name} can’t sign in to your account any more.', WAS_IT_YOU),
    ),
    'passkey-copied': Wording(
        'A passkey of your Botcadence account may have been copied',
        (
            'Somebody tried to sign in with the passkey {name}, and it looks as if there were two of it. '
            'They were not let in.',
            'Sign in another way and remove this passkey in your account.',
        ),
    ),
    'app-added': Wording(
        'An authenticator app was added to your Botcadence account',
        ('Signing in now asks for a code of your authenticator app.', WAS_IT_YOU),
    ),
    'app-removed': Wording(
        'The authenticator app was removed from your Botcadence account',
        ('Signing in does not ask for codes of your authenticator app any more.', WAS_IT_YOU),
    ),
    'factor-removed': Wording(
        'Your second factor for Botcadence was removed',
        (
            'Whoever runs Botcadence has removed the passkeys, authenticator app and recovery codes of your account.',
            'If you did not ask for that, talk to them.',
        ),
    ),
    'codes-made': Wording(
        'You have new recovery codes for Botcadence',
        ('Ten new recovery codes were made for your account. Those before are worth nothing any more.', WAS_IT_YOU),
    ),
    'code-used': Wording(
        'A recovery code of your Botcadence account was used',
        ('Somebody signed in to your account with a recovery code. Unused codes: {left}.', WAS_IT_YOU),
    ),
    'linked': Wording(
        'You can sign in to Botcadence with {way}',
        ('{way} was added to your account as a way to sign in.', WAS_IT_YOU),
    ),
    'unlinked': Wording(
        '{way} no longer signs you in to Botcadence',
        ('{way} was removed from your account as a way to sign in.', WAS_IT_YOU),
    ),
    'new-device': Wording(
        'A new sign-in to your Botcadence account',
        (
            'Somebody signed in to your account with {device}, where it was never used before.',
            'It was on {at}, from the network {network}.',
            'If it was you, you need not do anything. If not, sign out that browser and change your password.',
        ),
        'See where you are signed in',
    ),
    'closed': Wording(
        'Your Botcadence account is closed',
        (
            'Your account and everything that was yours alone are deleted. You are signed out everywhere.',
            'What you did in organizations that go on stays on their record, with your name and address.',
            'This is the last mail about it. If it was not you who closed it, talk to whoever runs Botcadence.',
        ),
    ),
    'test': Wording(
        'A test mail from Botcadence',
        ('Whoever runs Botcadence has sent this to see whether mails arrive. You need not do anything.',),
    ),
}
