"""E-mails, reminders, events for the site, and messages to mentors outside a turn."""
