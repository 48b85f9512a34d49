"""The switchboard: settings, logs, database, screens, server. Start with `make run` or `python main.py`."""

import atexit
import os
import signal
import sys

from data import config, database, logs, mail, schema, tokens
from data.operations import process


def main() -> None:
    """Check everything first; what is wrong stops the start with one line."""
    try:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # to be told to stop is no failure
        settings = prepare()
        from pages.serve import serve  # after the settings: NiceGUI reads where to keep its files when it is imported

        serve(settings)
    except (config.ConfigError, process.Busy, schema.SchemaError) as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(0)


def prepare() -> config.Settings:
    """Read the settings, take the data folder for this process alone, and open the database in its newest form."""
    os.umask(0o077)  # what is kept is for its owner only
    settings = config.load()
    logs.configure(settings.log_format, settings.log_level, settings.secrets)
    os.environ.setdefault('NICEGUI_STORAGE_PATH', str(settings.data_dir / 'nicegui'))
    url = settings.database_url.get_secret_value()
    process.claim(settings.data_dir, url)
    schema.prepare(url, settings.data_dir / 'backups')
    database.connect(url)
    tokens.use(settings.secret_key.get_secret_value())
    mail.use(settings.mail_server)
    atexit.register(database.close)
    return settings


if __name__ in {'__main__', '__mp_main__'}:
    main()
