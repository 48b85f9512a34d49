"""What each setting must be, in the words of the one line that a start ends with where it is not."""

from data.runtime.data_dir import KEY_LENGTH

INSECURE = 'lets passwords cross the network readable. Use https, or set BOTCADENCE_ALLOW_INSECURE=1.'
MUST_BE = {
    'host': 'an IP address or a host name',
    'port': 'a number from 1 to 65535',
    'allow_insecure': '1 or 0',
    'public_url': 'https:// or http://, a host and perhaps a port, nothing more',
    'widget_url': 'https:// or http://, a host and perhaps a port, nothing more',
    'database_url': 'sqlite:///folder/file.db or postgresql+psycopg://user:password@host/name',
    'secret_key': f'at least {KEY_LENGTH} characters long',
    'log_format': 'text or json',
    'log_level': 'debug, info, warning or error',
    'smtp_url': 'smtp://user:password@host:587 or smtps://user:password@host',
    'mail_from': 'an address such as bots@example.com, or Botcadence <bots@example.com>',
    'backup_hour': 'an hour of the day from 0 to 23',
    'backup_keep': 'a number from 1 to 1000',
    'time_zone': 'a time zone that this machine knows, such as Europe/Berlin or UTC',
    'trusted_proxies': 'IP addresses or networks such as 10.0.0.0/8, separated by commas',
    'sign_up': 'open, invited or closed',
    'sign_up_domains': 'domains such as example.com, separated by commas',
    'passwords': 'on or off',
    'session_idle_days': 'a number of days from 1 to 365',
    'session_days': 'a number of days from 1 to 365',
}
