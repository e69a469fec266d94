"""What mentors and the bot say: the inbox, the transcript, and how a message is rendered."""
