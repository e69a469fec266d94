"""E-mails, reminders, events for the site, and what mentors are told outside a turn."""
