"""E-mails: queued in the transaction that causes them, and sent by the outbox.

They go to the server that the setting ``MAIL_URL`` names. Without one they become files in the data folder, which the
demo page shows.
"""
