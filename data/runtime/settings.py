"""Settings of the application: read from the environment once, checked before anything starts."""

import os
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from sqlalchemy.engine import URL, make_url

from data.inputs import emails, moments
from data.runtime import environment, own_address, providers
from data.runtime.account_rules import AccountRules, SignUp
from data.runtime.data_dir import KEY_LENGTH, ConfigError, kept_key, make_private
from data.runtime.environment import PREFIX
from data.runtime.mail_server import MailServer, sender_of
from data.runtime.providers import Provider
from data.runtime.service_urls import (
    database_address,
    foreign_options,
    refuse_other_meaning_of_mail_server,
)
from data.runtime.setting_words import MUST_BE

SEVERAL = 'providers'
"""The field that is made of any number of variables."""


class Settings(BaseModel):
    """What the person who runs Botcadence may choose; a title says in words what the default is."""

    model_config = ConfigDict(extra='forbid', frozen=True, validate_default=True, hide_input_in_errors=True)

    host: str = Field(
        '127.0.0.1',
        pattern='^([0-9A-Za-z.-]+|[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)$',
        description='Address to listen on; `0.0.0.0` means every network, `::` those of IPv6 alone.',
    )
    port: int = Field(8080, ge=1, le=65535, description='Port to listen on.')
    allow_insecure: bool = Field(
        False, title='`0`', description='`1` permits a public address without https; passwords then travel readable.'
    )
    public_url: str = Field(
        default_factory=lambda data: own_address.own_address(data['host'], data['port']),
        description='Address that people type: scheme, host and port, such as `https://bots.example.com`.',
        title='`http://` host `:` port',
    )
    widget_url: str = Field(
        '',
        title='the public one',
        description='Address of the chats of agents, such as `https://chat.example.com`: another host name that leads '
        'to the same port. Nothing else is served there, and no chat under the public one.',
    )
    data_dir: Path = Field(
        Path('var'), title='`./var`', description='Folder for everything that is kept, made with mode 700.'
    )
    database_url: SecretStr = Field(
        default_factory=lambda data: SecretStr(f'sqlite:///{data["data_dir"]}/botcadence.db'),
        description=f'`{MUST_BE["database_url"].replace(" or ", "` or `")}`.',
        title='`botcadence.db` in the data folder',
    )
    secret_key: SecretStr = Field(
        default_factory=lambda data: SecretStr(kept_key(data['data_dir'])),
        min_length=KEY_LENGTH,
        description=f'Signs cookies, at least {KEY_LENGTH} characters. Changing it ends every session.',
        title='made once, in `secret_key` in the data folder',
    )
    sign_up: SignUp = Field(
        SignUp.OPEN,
        title='`open`',
        description='Who may make an account: `open` everybody, `invited` whoever is invited and the very first '
        'person, `closed` nobody. `python -m data create-owner` makes one in any case.',
    )
    sign_up_domains: str = Field(
        '',
        title='all',
        description='Only addresses in these domains may sign up, such as `example.com`, separated by commas.',
    )
    passwords: bool = Field(
        True, title='`on`', description='`off` lets people in through OpenID Connect providers and passkeys alone.'
    )
    session_idle_days: int = Field(7, ge=1, le=365, description='Days without use after which a session ends.')
    session_days: int = Field(30, ge=1, le=365, description='Days after which every session ends.')
    trusted_proxies: str = Field(
        '',
        description='Addresses or networks of web servers in front, separated by commas. They alone are believed when '
        'they say where people come from (`X-Forwarded-For`, `X-Forwarded-Proto`).',
        title='none',
    )
    log_format: Literal['text', 'json'] = Field(
        'text', description='`text` is for people, `json` for machines; one line an event on the error stream.'
    )
    log_level: Literal['debug', 'info', 'warning', 'error'] = Field(
        'info', description='The least that is logged: `debug`, `info`, `warning` or `error`.'
    )
    smtp_url: SecretStr = Field(
        SecretStr(''),
        title='none',
        description='Mail server, `smtp://user:password@host:587` or `smtps://…`. Without one, people copy links.',
    )
    mail_from: str = Field(
        '',
        title='none',
        description='Whom mails are from, such as `Botcadence <bots@example.com>`.',
    )
    backup_hour: int | None = Field(
        None, ge=0, le=23, title='none', description='Hour of the day, local time, of a nightly backup, from 0 to 23.'
    )
    backup_keep: int = Field(7, ge=1, le=1000, description='How many backups are kept; the oldest go.')
    time_zone: str = Field(
        'UTC',
        description='Time zone by whose days and months usage is counted, such as `Europe/Berlin`. It stays as it is '
        'once something was counted.',
    )

    providers: tuple[Provider, ...] = ()

    @field_validator('log_format', 'log_level', 'sign_up', 'passwords', mode='before')
    @classmethod
    def _word(cls, word: object) -> object:
        return word.lower() if isinstance(word, str) else word

    @field_validator('public_url')
    @classmethod
    def _public_url(cls, text: str, info: ValidationInfo) -> str:
        return own_address.public_url(text, allow_insecure=bool(info.data.get('allow_insecure')))

    @field_validator('widget_url')
    @classmethod
    def _widget_url(cls, text: str, info: ValidationInfo) -> str:
        insecure = bool(info.data.get('allow_insecure'))
        return own_address.widget_url(text, info.data.get('public_url', ''), allow_insecure=insecure)

    @field_validator('data_dir')
    @classmethod
    def _data_dir(cls, path: Path) -> Path:
        return Path(os.path.abspath(path.expanduser()))

    @field_validator('database_url')
    @classmethod
    def _database_url(cls, text: SecretStr, info: ValidationInfo) -> SecretStr:
        return SecretStr(database_address(text.get_secret_value(), info.data.get('data_dir')))

    @field_validator('smtp_url')
    @classmethod
    def _smtp_url(cls, url: SecretStr, info: ValidationInfo) -> SecretStr:
        if url.get_secret_value():
            refuse_other_meaning_of_mail_server('BOTCADENCE_SMTP_URL', url.get_secret_value())
            MailServer.of(url.get_secret_value(), 'a@example.com', info.data.get('public_url', ''))
        return url

    @field_validator('mail_from')
    @classmethod
    def _mail_from(cls, sender: str) -> str:
        if sender:
            sender_of(sender)
        return sender

    @field_validator('time_zone')
    @classmethod
    def _time_zone(cls, name: str) -> str:
        if not moments.is_zone(name):
            raise ValueError
        return name

    @field_validator('trusted_proxies')
    @classmethod
    def _trusted_proxies(cls, text: str) -> str:
        networks = [ip_network(part.strip()) for part in text.split(',') if part.strip()]
        if any(network.prefixlen == 0 for network in networks):
            raise ConfigError('BOTCADENCE_TRUSTED_PROXIES: a network of everybody would let anybody pose as anybody.')
        return ','.join(str(network) for network in networks)

    @field_validator('sign_up_domains')
    @classmethod
    def _sign_up_domains(cls, text: str) -> str:
        return ','.join(sorted(emails.domain(part) for part in text.split(',') if part.strip()))

    @property
    def account_rules(self) -> AccountRules:
        """Who may make an account, with what, and how long a session lives."""
        idle, absolute = timedelta(days=self.session_idle_days), timedelta(days=self.session_days)
        domains = frozenset(self.sign_up_domains.split(',')) - {''}
        return AccountRules(self.sign_up, domains, self.passwords, idle, absolute)

    @property
    def database(self) -> URL:
        """The database's address as SQLAlchemy takes it; its repr hides the password."""
        return make_url(self.database_url.get_secret_value())

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no line of a log may show, whatever it is part of."""
        server, at = self.mail_server, self.database
        in_options = [str(at.query.get(name, '')) for name in ('password', 'sslpassword')]
        in_options += foreign_options(at)
        mine = self.secret_key.get_secret_value(), server.password if server else ''
        of_providers = [provider.client_secret for provider in self.providers]
        return *mine, at.password or '', *in_options, *of_providers

    @property
    def mail_server(self) -> MailServer | None:
        """Where mails are handed in, None where none is set."""
        url = self.smtp_url.get_secret_value()
        return MailServer.of(url, self.mail_from, self.public_url) if url else None

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a SQLite file; otherwise it is PostgreSQL."""
        return self.database.drivername == 'sqlite'

    @property
    def database_path(self) -> Path | None:
        """The SQLite file, absolute; None on PostgreSQL."""
        return Path(self.database.database or '') if self.is_sqlite else None

    @property
    def secure(self) -> bool:
        """Whether people come over https, so that cookies can be marked Secure."""
        return self.public_url.startswith('https:')

    @classmethod
    def load(cls) -> 'Settings':
        """Read and check every setting, make the data folder and the secret key; raises ConfigError."""
        names = {PREFIX + field.upper(): field for field in cls.model_fields if field != SEVERAL}
        given = environment.given([*names, *providers.variables()])
        own = {names[name]: text for name, text in given.items() if name in names}
        try:
            settings = cls.model_validate({**own, SEVERAL: providers.of(given)})
        except ValidationError as error:
            field = str(error.errors(include_url=False, include_context=False, include_input=False)[0]['loc'][0])
            raise ConfigError(f'{PREFIX}{field.upper()} must be {MUST_BE.get(field, "usable text")}.') from None
        if settings.smtp_url.get_secret_value() and not settings.mail_from:
            raise ConfigError('BOTCADENCE_MAIL_FROM is needed with BOTCADENCE_SMTP_URL: whom mails are from.')
        if not settings.passwords and not settings.providers:
            raise ConfigError(
                'BOTCADENCE_PASSWORDS=off needs a provider, BOTCADENCE_OIDC_<NAME>_ISSUER, to sign up with.'
            )
        make_private(settings.data_dir)
        return settings
