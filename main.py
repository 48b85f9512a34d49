"""The start of the program: settings, logs, database, screens, server. Begin with `make run` or `python main.py`."""

import gc

gc.disable()  # hardly anything of a start is garbage, and looking for it takes a tenth of the start; `serve` ends this

import atexit
import os
import signal
import sys

from data import database
from data.database import schema
from data.problems import Unavailable
from data.runtime import account_rules, instance_lock, logs, mail_server, memory, providers
from data.runtime.settings import ConfigError, Settings
from data.security import passkey_site, tokens
from data.services.usage import days


def main() -> None:
    """Check everything first; what is wrong stops the start with one line."""
    memory.settle()  # before there is a second thread
    try:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # to be told to stop is no failure
        settings = prepare()
        from pages.server.start import (
            serve,  # after the settings: NiceGUI reads where to keep its files when it is imported
        )

        serve(settings)
    except (ConfigError, instance_lock.Busy, schema.SchemaError, Unavailable) as problem:
        print(problem, file=sys.stderr)
        sys.exit(3 if isinstance(problem, schema.Away | Unavailable) else 2)
    except KeyboardInterrupt:
        sys.exit(0)


def prepare() -> Settings:
    """Read the settings, take the data folder for this process alone, and open the database in its newest form."""
    os.umask(0o077)  # what is kept is for its owner only
    settings = Settings.load()
    logs.configure(settings.log_format, settings.log_level, settings.secrets)
    os.environ.setdefault('NICEGUI_STORAGE_PATH', str(settings.data_dir / 'nicegui'))
    url = settings.database_url.get_secret_value()
    instance_lock.acquire(settings.data_dir, url)
    schema.prepare(url, settings.data_dir / 'backups')
    database.connect(url)
    days.settle(settings.time_zone)
    tokens.configure(settings.secret_key.get_secret_value())
    mail_server.configure(settings.mail_server)
    account_rules.configure(settings.account_rules)
    providers.configure(settings.providers)
    passkey_site.configure(settings.public_url)
    atexit.register(database.close)
    return settings


if __name__ in {'__main__', '__mp_main__'}:
    main()
