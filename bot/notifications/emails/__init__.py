"""E-mails: queued in the transaction that causes them, and sent by the outbox.

They go to the server in ``MAIL_URL``. Without one they are written to files in the data folder, which the demo page
shows.
"""
