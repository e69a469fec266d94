"""What a mentor does with a message (answers, consents, corrects, deletes), within the transaction of the turn."""
