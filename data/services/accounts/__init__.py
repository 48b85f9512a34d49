"""Accounts: signing up, signing in, and the sessions that begin with it."""

from data.services.accounts.entering import SecondStep
from data.services.accounts.policy import NoSignUp
from data.services.accounts.sign_in import WrongCredentials, sign_in
from data.services.accounts.sign_up import TAKEN, sign_up
