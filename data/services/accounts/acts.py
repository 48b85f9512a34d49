"""Every act that is on the record of a person's account: its name, and the sentences their own screen makes of it.

The names stay for good: they are in the rows that were written. No organization sees any of it.
"""

from enum import StrEnum


class AccountAct(StrEnum):
    """A name `account:verb`, the sentence for when it was done, and one for when somebody tried and was refused.

    Gaps: {way} is the way in that the event's detail names, {detail} that detail as it is: the name of a passkey, an
    address. What nobody can be refused has no second sentence.
    """

    sentence: str
    tried: str

    def __new__(cls, name: str, sentence: str, tried: str = '') -> 'AccountAct':
        """An act whose value is its name. Raises ValueError without a sentence, or for a name of something else."""
        if not sentence or not name.startswith('account:'):
            raise ValueError(f'{name} needs a name that begins with account: and a sentence.')
        act = str.__new__(cls, name)
        act._value_ = name
        act.sentence, act.tried = sentence, tried
        return act

    SIGN_UP = 'account:sign_up', 'You created this account', 'Somebody tried to sign up with your address'
    SIGN_IN = 'account:sign_in', 'You signed in with {way}', 'Somebody tried to sign in'
    SIGN_OUT = 'account:sign_out', 'You signed out'
    CONFIRM = (
        'account:confirm',
        'You confirmed that it is you with {way}',
        'Somebody tried to confirm that they are you',
    )
    RENAME = 'account:rename', 'You changed your display name'
    SET_PASSWORD = 'account:set_password', 'Whoever runs Botcadence set a new password for you'
    SECOND_STEP = 'account:second_step', 'You proved your second factor', 'Somebody came as far as the second step'
    ADD_PASSKEY = 'account:add_passkey', 'You added the passkey {detail}'
    RENAME_PASSKEY = 'account:rename_passkey', 'You renamed a passkey to {detail}'
    REMOVE_PASSKEY = 'account:remove_passkey', 'You removed the passkey {detail}'
    USE_PASSKEY = 'account:use_passkey', 'You used the passkey {detail}', 'Somebody tried to use the passkey {detail}'
    ADD_APP = 'account:add_app', 'You added an authenticator app'
    REMOVE_APP = 'account:remove_app', 'You removed the authenticator app'
    LOSE_FACTOR = 'account:lose_factor', 'Whoever runs Botcadence removed your second factor'
    NEW_CODES = 'account:new_codes', 'You made new recovery codes'
    USE_CODE = 'account:use_code', 'You used a recovery code ({detail})'
    LINK = 'account:link', 'You added {way} as a way to sign in'
    UNLINK = 'account:unlink', 'You removed {way} as a way to sign in'
    RESET_LINK = 'account:reset_link', 'Whoever runs Botcadence made a link for a new password for you'
    ASK_RESET = 'account:ask_reset', 'Somebody asked for a new password for you'
    RESET_PASSWORD = 'account:reset_password', 'You set a new password by a link'
    CHANGE_PASSWORD = 'account:change_password', 'You changed your password'
    ADD_PASSWORD = 'account:add_password', 'You set a password'
    REMOVE_PASSWORD = 'account:remove_password', 'You removed your password'
    VERIFY = 'account:verify', 'You confirmed your email address'
    ASK_MOVE = 'account:ask_move', 'You asked to change your email address to {detail}'
    WITHDRAW_MOVE = 'account:withdraw_move', 'You kept your email address, and did not change it to {detail}'
    MOVE = 'account:move', 'You changed your email address. Before, it was {detail}'
    END_SESSION = 'account:end_session', 'You signed out {detail}'
    END_SESSIONS = 'account:end_sessions', 'You signed out all other browsers'
    EXPORT = 'account:export', 'You downloaded your data'
    CLOSE = 'account:close', 'You closed this account'


_BY_NAME = {act.value: act for act in AccountAct}


def account_act(name: str) -> AccountAct | None:
    """The act with this name, None where another version has written it."""
    return _BY_NAME.get(name)
