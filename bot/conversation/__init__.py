"""One turn of a conversation: from an accepted message to the replies in the transcript."""
