"""Ways in and out over HTTP: what the forms of the signed-out post, and what confirms that somebody is still there."""

from pages.auth import closing, confirming, own_password, passkeys, passwords, providers, recovery, second_step
