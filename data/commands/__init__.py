"""The commands of `python -m data`, in the order in which its help lists them."""

from data.commands import accounts, books, catalogue, installation, organizations, payments, usage
from data.commands.options import app
