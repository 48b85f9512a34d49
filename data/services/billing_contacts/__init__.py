"""Billing contacts: people without an account who get invoices, or alerts, by mail, once they have confirmed that."""

from data.services.billing_contacts.changing import LIMIT, add, change, contacts, remove, resend
from data.services.billing_contacts.confirming import Question, confirm, look
from data.services.billing_contacts.recipients import AS_CONTACT, AS_OWNER, Gets, path_for, recipients, write
