"""The screens, in the order of the menu. Importing this package registers them."""

# isort: off
from pages import overview
from pages import projects
from pages import knowledge
from pages import agent
from pages import install
from pages import conversations
from pages import unanswered
from pages import leads
from pages import members
from pages import billing
from pages import activity
from pages import settings
from pages import organizations
from pages import account
from pages import invitation
from pages import sign_in
from pages import sign_up
from pages import forgot_password
from pages import reset_password
from pages import verify_email
from pages import confirm_contact
from pages import auth
from pages import widget
