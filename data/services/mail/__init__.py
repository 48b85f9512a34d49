"""Mail: an outbox that is written with the act it is about, and what stands in the mails."""
